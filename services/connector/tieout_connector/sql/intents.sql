-- name: receive
-- Queues new intents; known intents stay as they are. For one day after a restore, new intents are looked up in Xero
-- before they are sent: a service may repeat an intent that was already sent between the dump and the restore.
insert into intent (tenant_id, id, lane, kind, record_id, received_at, doc, causation_id, correlation_id, traceparent,
    batch_key, batch_limit, published_at, look_up, follows, target)
select tenant_id, id, lane, kind, record_id, $now, doc, causation_id, correlation_id, traceparent, batch_key,
    batch_limit, case when repeated then least(published_at, dumped_at) else published_at end, repeated, follows,
    target
from unnest($tenant_ids::uuid[], $ids::text[], $lanes::int[], $kinds::text[], $record_ids::uuid[], $docs::jsonb[],
    $causation_ids::text[], $correlation_ids::text[], $traceparents::text[], $batch_keys::text[], $batch_limits::int[],
    $published_at::timestamptz[], $snapshot_kinds::text[], $targets::uuid[])
    as new(tenant_id, id, lane, kind, record_id, doc, causation_id, correlation_id, traceparent, batch_key, batch_limit,
        published_at, follows, target)
left join home on true
cross join lateral (select coalesce(published_at <= restored_at + interval '1 day', false) as repeated) as restored
where exists (select 1 from connection c where c.tenant_id = new.tenant_id)
on conflict (tenant_id, id) do nothing;

-- name: known
-- Which of these intents exist, and the results of those that have one.
select tenant_id, id, result from intent
where (tenant_id, id) in (select * from unnest($tenant_ids::uuid[], $ids::text[]));

-- name: first_in_lane
-- The intent that goes next in a lane.
select batch_key, batch_limit, look_up
from sendable_intent($tenant_id, $now, $in_progress, $serial_in_progress, $full_only, $person_lane)
where lane = $lane order by received_at, id limit 1;

-- name: batch
-- The intents that share a call with the first: its lane first, and of each record the oldest intent.
select id, doc, batch_limit, look_up, tried, failures, failed_since, published_at, causation_id, correlation_id, traceparent
from sendable_intent($tenant_id, $now, $in_progress, '{}', '{}', $person_lane)
where batch_key = $batch_key and batch_limit = $batch_limit and look_up = $look_up
order by lane, received_at, id limit $limit;

-- name: limit_batch
-- From now on, at most this many of these intents share a call.
update intent set batch_limit = $batch_limit
where tenant_id = $tenant_id and id = any($intent_ids::text[]) and state = 'queued';

-- name: finish
-- Stores the results of intents.
update intent i set state = 'done', call_id = null, result = answered.result, done_at = $now
from unnest($intent_ids::text[], $results::jsonb[]) as answered(id, result)
where i.tenant_id = $tenant_id and i.id = answered.id and i.state <> 'done';

-- name: ids_created_by
-- Which of these Xero records an intent of this kind is known to have created.
select result ->> 'xero_id' as xero_id from intent
where tenant_id = $tenant_id and state = 'done' and result ->> 'xero_id' = any($xero_ids::text[])
and doc -> 'body' ->> 'kind' = $body_kind;

-- name: unfinished_of
-- The intents of a kind that were sent and have no result yet, without these.
select doc from intent where tenant_id = $tenant_id and (state = 'sent' or state = 'queued' and tried)
and doc -> 'body' ->> 'kind' = $body_kind and not id = any($without::text[]);

-- name: done_since
-- Whether Xero has done a write of the tenant since this moment.
select exists (select from intent where tenant_id = $tenant_id and done_at > $since and result ->> 'outcome' = 'done');

-- name: unanswered_writes
-- What the intents write whose call has no answer, or whose call was lost and may still be done. `bill`, `amount` and `day`:
-- of a payment, as Xero rounds it.
select target, record_id, (doc -> 'body' ->> 'bill_xero_id')::uuid as bill,
    round((doc -> 'body' ->> 'amount')::numeric, 2) as amount, (doc -> 'body' ->> 'date')::date as day,
    state = 'queued' and coalesce(rest_until > $now, false) as rests
from intent
where tenant_id = $tenant_id and follows = $snapshot_kind
and (state = 'sent' or state = 'queued' and (tried or look_up));

-- name: counts
-- The number of a tenant's intents in each state.
select state, count(*) as count from intent where tenant_id = $tenant_id group by state;

-- name: delete_old
-- Deletes a portion of the intents that were done before this moment. No topic repeats them any more.
delete from intent where (tenant_id, id) in (
    select tenant_id, id from intent where done_at < $before order by done_at limit 1000);

-- name: look_up_all
-- After a restore: every unfinished call and queued intent may be in Xero already, so each is looked up first.
with calls as (update call set look_up_first = true)
update intent set look_up = true, published_at = least(published_at, $dumped_at) where state = 'queued';
