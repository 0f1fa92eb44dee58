-- name: cancel
-- Finishes a queued write with this result. A process that is about to send it will find it done.
update intent set state = 'done', result = $result, done_at = $now
where tenant_id = $tenant_id and id = $intent_id and state = 'queued' returning correlation_id;

-- name: retry_call_now
-- Retries a call at once. Its answer can no longer arrive.
update call set retry_at = least(retry_at, $now) where tenant_id = $tenant_id and id = $call_id returning retry_at;

-- name: end_delay
-- Ends the delay of a tenant's calls.
update turn set not_before = null, because = null where tenant_id = $tenant_id;

-- name: end_pause
-- Ends the pause of a write that Xero did not permit, and of those that share a call with it.
update paused_batch p set until = $now from intent i
where i.tenant_id = $tenant_id and i.id = $intent_id and i.state = 'queued'
and p.tenant_id = i.tenant_id and p.batch_key = i.batch_key and p.until > $now;

-- name: end_rest
-- Ends the rest of a write whose calls failed.
update intent set rest_until = null where tenant_id = $tenant_id and id = $intent_id and state = 'queued';
