-- name: open
-- A tenant's writes that are not done, the oldest first, after a cursor.
select id, lane, state, doc, received_at, result from intent
where tenant_id = $1 and state <> 'done' and ($2::text is null or state = $2) and ($3::uuid is null or record_id = $3)
and ($4::text is null or (received_at, id) > (select received_at, id from intent where tenant_id = $1 and id = $4))
order by received_at, id limit $5;

-- name: ended
-- A tenant's writes that ended so, the oldest first, after a cursor; of those that failed only what nothing followed.
select id, lane, state, doc, received_at, result from intent i
where tenant_id = $1 and state = 'done' and result ->> 'outcome' = any($2::text[])
and ($3::uuid is null or record_id = $3)
and ($4::text is null or (received_at, id) > (select received_at, id from intent where tenant_id = $1 and id = $4))
and (not $6 or not exists (select 1 from intent later where later.tenant_id = i.tenant_id
    and later.record_id = i.record_id and (later.received_at, later.id) > (i.received_at, i.id)))
order by received_at, id limit $5;

-- name: of_record
-- Every write of a record, the oldest first, after a cursor.
select id, lane, state, doc, received_at, result from intent
where tenant_id = $1 and record_id = $2
and ($3::text is null or (received_at, id) > (select received_at, id from intent where tenant_id = $1 and id = $3))
order by received_at, id limit $4;

-- name: one
-- A write, the call it is in, and how many wait before it in its lane.
select i.id, i.lane, i.state, i.doc, i.received_at, i.result, k.id as call_id, k.first_sent_at, k.retry_at,
    k.look_up_first, (select count(*) from intent b where b.tenant_id = i.tenant_id and b.state = 'queued'
        and b.lane = i.lane and (b.received_at, b.id) < (i.received_at, i.id)) as before
from intent i left join call k on k.tenant_id = i.tenant_id and k.id = i.call_id
where i.tenant_id = $1 and i.id = $2;

-- name: call_back
-- What has not left is done with this result; whoever is about to send it finds it done.
update intent set state = 'done', result = $3, done_at = $4
where tenant_id = $1 and id = $2 and state = 'queued' returning correlation_id;

-- name: look_now
-- A call whose answer does not come any more is looked at now.
update call set retry_at = least(retry_at, $3) where tenant_id = $1 and id = $2 returning retry_at;

-- name: go_now
-- What a tenant's calls waited for is over.
update turn set not_before = null, because = null where tenant_id = $1;
