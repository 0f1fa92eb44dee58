-- name: receive
-- New intents; known ones are left as they are. For a day after the database was restored they are looked up first: a
-- domain that has had no answer says its intent again. It may have been sent at any time since the dump was taken.
insert into intent (tenant_id, id, lane, kind, record_id, received_at, doc, causation_id, correlation_id, traceparent,
    together, most, said_at, look_up, follows, target)
select tenant_id, id, lane, kind, record_id, $1, doc, causation_id, correlation_id, traceparent, together, most,
    case when again then least(said_at, dumped_at) else said_at end, again, follows, target
from unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::uuid[], $7::jsonb[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::int[], $13::timestamptz[], $14::text[], $15::uuid[])
    as new(tenant_id, id, lane, kind, record_id, doc, causation_id, correlation_id, traceparent, together, most, said_at,
        follows, target)
left join home on true
cross join lateral (select coalesce(said_at <= restored_at + interval '1 day', false) as again) as said
where exists (select 1 from connection c where c.tenant_id = new.tenant_id)
on conflict (tenant_id, id) do nothing;

-- name: known
-- Which of these intents are there now, and the results of those that have one.
select tenant_id, id, result from intent
where (tenant_id, id) in (select * from unnest($1::uuid[], $2::text[]));

-- name: head
-- The intent that goes next in a lane.
select together, most, look_up from may_leave($1, $2, $3, $5) where lane = $4 order by received_at, id limit 1;

-- name: together
-- Those that go together with it, of its lane first, of each record the oldest.
select id, doc, most, look_up, tried, said_at, causation_id, correlation_id, traceparent
from may_leave($1, $2, '{}', '{}') where together = $3 and most = $4 and look_up = $5
order by lane, received_at, id limit $6;

-- name: fewer
-- These go so many at once from now on.
update intent set most = $3 where tenant_id = $1 and id = any($2::text[]) and state = 'queued';

-- name: done
-- What became of these.
update intent i set state = 'done', call_id = null, result = answered.result, done_at = $4
from unnest($2::text[], $3::jsonb[]) as answered(id, result)
where i.tenant_id = $1 and i.id = answered.id and i.state <> 'done';

-- name: made
-- Those of these records of Xero that an intent of this kind is known to have made.
select result ->> 'xero_id' as xero_id from intent
where tenant_id = $1 and state = 'done' and result ->> 'xero_id' = any($3::text[]) and doc -> 'body' ->> 'kind' = $2;

-- name: about
-- What the intents are about whose call Xero has not answered, or that nobody has looked for since it was lost.
select target, record_id, (doc -> 'body' ->> 'bill_xero_id')::uuid as bill from intent
where tenant_id = $1 and follows = $2 and (state = 'sent' or state = 'queued' and (tried or look_up));

-- name: counts
-- A tenant's writes by state.
select state, count(*) as count from intent where tenant_id = $1 group by state;

-- name: forget
-- Intents that were done so long ago that no topic says them again.
delete from intent where (tenant_id, id) in (
    select tenant_id, id from intent where done_at < $1 order by done_at limit 1000);

-- name: restored
-- What of an older database's work may be in Xero already is looked up first; what came before this was noticed, too.
with calls as (update call set look_up_first = true)
update intent set look_up = true, said_at = least(said_at, $1) where state = 'queued';
