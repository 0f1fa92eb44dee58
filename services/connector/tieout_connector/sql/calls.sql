-- name: sent
-- These are in a call that is about to leave; what a lost one did was looked at before.
update intent set state = 'sent', call_id = $2, tried = false
where tenant_id = $1 and id = any($3::text[]) and state = 'queued';

-- name: of_call
-- The intents in a call, in the order of its elements.
select id, doc, most, look_up, tried, said_at, causation_id, correlation_id, traceparent from intent
where tenant_id = $1 and call_id = $2 and state = 'sent'
order by lane, received_at, id;

-- name: requeue
-- These go again, so many at once; what was looked up need not be again. `tried`: the call was lost.
update intent set state = 'queued', call_id = null, most = $3, look_up = false, tried = $4
where tenant_id = $1 and id = any($2::text[]) and state = 'sent';

-- name: store_call
-- A call's very bytes and its key, before it leaves.
insert into call (tenant_id, id, kind, request, body, stored_file, before, sent, seen, unmarked, first_sent_at, retry_at,
    look_up_first)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: unanswered
-- The oldest call of a tenant that left, was not answered, and may be looked at again.
select id, kind, request, body, stored_file, before, sent, seen, unmarked, first_sent_at, look_up_first from call
where tenant_id = $1 and retry_at <= $2 and not id = any($3::uuid[]) order by first_sent_at limit 1;

-- name: retry_call
-- Look at this call again after a while.
update call set retry_at = $3, look_up_first = look_up_first or $4 where tenant_id = $1 and id = $2;

-- name: forget_call
-- This call is settled, once.
delete from call where tenant_id = $1 and id = $2 returning id;
