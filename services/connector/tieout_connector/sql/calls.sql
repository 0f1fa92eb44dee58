-- name: mark_sent
-- Puts queued intents into a call that is about to be sent. A look-up after an earlier, lost call is over by now.
update intent set state = 'sent', call_id = $call_id, tried = false
where tenant_id = $tenant_id and id = any($intent_ids::text[]) and state = 'queued';

-- name: intents_of_call
-- The intents in a call, in the order of the elements in its body.
select id, doc, batch_limit, look_up, tried, published_at, causation_id, correlation_id, traceparent from intent
where tenant_id = $tenant_id and call_id = $call_id and state = 'sent'
order by lane, received_at, id;

-- name: requeue
-- Queues the intents of a call again, in batches of at most this many. They need no look-up any more. `tried`: the call
-- may have done a part of its work.
update intent set state = 'queued', call_id = null, batch_limit = $batch_limit, look_up = false, tried = $tried
where tenant_id = $tenant_id and id = any($intent_ids::text[]) and state = 'sent';

-- name: store_call
-- Stores the bytes of a call and its Idempotency-Key before it is sent.
insert into call (tenant_id, id, kind, request, body, stored_file, before, sent, seen, serial_key, first_sent_at,
    retry_at, look_up_first)
values ($tenant_id, $id, $kind, $request, $body, $stored_file, $before, $sent, $seen, $serial_key, $first_sent_at,
    $retry_at, $look_up_first);

-- name: unanswered
-- The tenant's oldest call without an answer that is due for a retry and not in progress here.
select id, kind, request, body, stored_file, before, sent, seen, serial_key, first_sent_at, look_up_first
from call where tenant_id = $tenant_id and retry_at <= $now and not id = any($in_progress::uuid[])
order by first_sent_at limit 1;

-- name: retry_call
-- Schedules the next retry of a call.
update call set retry_at = $retry_at, look_up_first = look_up_first or $look_up_first
where tenant_id = $tenant_id and id = $call_id;

-- name: delete_call
-- Deletes a finished call. Returns nothing if somebody else has finished it before.
delete from call where tenant_id = $tenant_id and id = $call_id returning id;
