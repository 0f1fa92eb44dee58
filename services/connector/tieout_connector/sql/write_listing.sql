-- name: unfinished
-- A tenant's writes that are not done, the oldest first, after a cursor.
select tenant_id, id, lane, state, doc, received_at, result from intent
where tenant_id = $tenant_id and state <> 'done' and ($state::text is null or state = $state)
and ($record_id::uuid is null or record_id = $record_id)
and ($cursor::text is null or (received_at, id) > (
    select received_at, id from intent where tenant_id = $tenant_id and id = $cursor))
order by received_at, id limit $limit;

-- name: finished
-- A tenant's writes with one of these outcomes, the oldest first, after a cursor. `last_only`: writes that a later write
-- of the same record follows are left out.
select tenant_id, id, lane, state, doc, received_at, result from intent i
where tenant_id = $tenant_id and state = 'done' and result ->> 'outcome' = any($outcomes::text[])
and ($record_id::uuid is null or record_id = $record_id)
and ($cursor::text is null or (received_at, id) > (
    select received_at, id from intent where tenant_id = $tenant_id and id = $cursor))
and (not $last_only or not exists (select 1 from intent later where later.tenant_id = i.tenant_id
    and later.record_id = i.record_id and (later.received_at, later.id) > (i.received_at, i.id)))
order by received_at, id limit $limit;

-- name: of_record
-- Every write of a record, the oldest first, after a cursor.
select tenant_id, id, lane, state, doc, received_at, result from intent
where tenant_id = $tenant_id and record_id = $record_id
and ($cursor::text is null or (received_at, id) > (
    select received_at, id from intent where tenant_id = $tenant_id and id = $cursor))
order by received_at, id limit $limit;

-- name: one
-- A write, the call it is in, and how many writes wait ahead of it in its lane.
select i.id, i.lane, i.state, i.doc, i.received_at, i.result, k.id as call_id, k.first_sent_at, k.retry_at,
    k.look_up_first, (select count(*) from intent b where b.tenant_id = i.tenant_id and b.state = 'queued'
        and b.lane = i.lane and (b.received_at, b.id) < (i.received_at, i.id)) as writes_ahead, i.rest_until, i.failures,
    p.resource as not_permitted, p.reason as pause_reason, p.until as paused_until
from intent i left join call k on k.tenant_id = i.tenant_id and k.id = i.call_id
left join paused_batch p on p.tenant_id = i.tenant_id and p.batch_key = i.batch_key and p.until > $now
    and i.state = 'queued'
where i.tenant_id = $tenant_id and i.id = $intent_id;

-- name: counts
-- How many writes are not done, and how many have one of these outcomes and no later write of the same record.
select (select count(*) from intent where tenant_id = $tenant_id and state <> 'done') as waiting,
    (select count(*) from intent i where tenant_id = $tenant_id and state = 'done'
        and result ->> 'outcome' = any($outcomes::text[])
        and not exists (select 1 from intent later where later.tenant_id = i.tenant_id
            and later.record_id = i.record_id and (later.received_at, later.id) > (i.received_at, i.id))) as failed;
