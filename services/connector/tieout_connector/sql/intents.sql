-- name: receive
-- New intents; known ones are left as they are.
insert into intent (tenant_id, id, lane, kind, record_id, received_at, doc, causation_id, correlation_id, traceparent)
select tenant_id, id, lane, kind, record_id, $1, doc, causation_id, correlation_id, traceparent
from unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::uuid[], $7::jsonb[], $8::text[], $9::text[], $10::text[])
    as new(tenant_id, id, lane, kind, record_id, doc, causation_id, correlation_id, traceparent)
where exists (select 1 from connection c where c.tenant_id = new.tenant_id)
on conflict (tenant_id, id) do nothing;

-- name: known
-- Which of these intents are there now, and the results of those that have one.
select tenant_id, id, result from intent
where (tenant_id, id) in (select * from unnest($1::uuid[], $2::text[]));

-- name: next
-- The intents that go next, in lane order, of one kind.
select id, kind, alone, doc, causation_id, correlation_id, traceparent from intent
where tenant_id = $1 and state = 'queued'
order by lane, received_at, id limit $2;

-- name: sent
-- These are in a call that is about to leave.
update intent set state = 'sent', call_id = $2 where tenant_id = $1 and id = any($3::text[]) and state = 'queued';

-- name: of_call
-- The intents in a call, in the order of its elements.
select id, kind, alone, doc, causation_id, correlation_id, traceparent from intent
where tenant_id = $1 and call_id = $2 and state = 'sent'
order by lane, received_at, id;

-- name: requeue
-- The call did nothing for these: they go again, alone if they must.
update intent set state = 'queued', call_id = null, alone = alone or $3
where tenant_id = $1 and id = any($2::text[]) and state = 'sent';

-- name: done
-- Xero has answered these.
update intent i set state = 'done', call_id = null, result = answered.result
from unnest($2::text[], $3::jsonb[]) as answered(id, result)
where i.tenant_id = $1 and i.id = answered.id;

-- name: open_records
-- Those of these records with an intent that Xero has not answered: their echo waits.
select distinct record_id from intent
where tenant_id = $1 and kind = $2 and record_id = any($3::uuid[]) and state <> 'done';

-- name: open_payments
-- The bills of Xero with a payment of ours under way: a payment seen on one may be its echo, and waits.
select distinct (doc -> 'body' ->> 'bill_xero_id')::uuid as bill from intent
where tenant_id = $1 and kind = 'payment' and state <> 'done';

-- name: store_call
-- A call's very bytes and its key, before it leaves.
insert into call (tenant_id, id, request, body, first_sent_at, retry_at) values ($1, $2, $3, $4, $5, $6);

-- name: unanswered
-- The oldest call of a tenant that left, was not answered, and may be looked at again.
select id, request, body, first_sent_at, look_up_first from call
where tenant_id = $1 and retry_at <= $2 order by first_sent_at limit 1;

-- name: retry_call
-- Look at this call again after a while.
update call set retry_at = $3, look_up_first = look_up_first or $4 where tenant_id = $1 and id = $2;

-- name: forget_call
-- This call is settled, once.
delete from call where tenant_id = $1 and id = $2 returning id;

-- name: counts
-- A tenant's writes by state.
select state, count(*) as count from intent where tenant_id = $1 group by state;
