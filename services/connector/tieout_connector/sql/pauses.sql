-- name: add
-- Pauses a batch key.
insert into paused_batch (tenant_id, batch_key, resource, reason, until)
values ($tenant_id, $batch_key, $resource, $reason, $until)
on conflict (tenant_id, batch_key) do update set resource = excluded.resource, reason = excluded.reason,
    until = excluded.until;

-- name: read
-- A tenant's pauses, those that are over too.
select batch_key, until from paused_batch where tenant_id = $tenant_id;

-- name: remove
-- Ends a pause for good.
delete from paused_batch where tenant_id = $tenant_id and batch_key = $batch_key returning resource;

-- name: has
-- Whether a resource has another pause.
select exists (select 1 from paused_batch where tenant_id = $tenant_id and resource = $resource);

-- name: end_all
-- Every pause of a tenant is over.
update paused_batch set until = $now where tenant_id = $tenant_id and until > $now;
