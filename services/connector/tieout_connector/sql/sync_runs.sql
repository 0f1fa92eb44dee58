-- name: lock
-- A tenant's run under way and its last finished run, locked because one of them is about to change.
select sequence, under_way, last from run where tenant_id = $tenant_id for update;

-- name: add
-- A tenant without a run so far.
insert into run (tenant_id, sequence) values ($tenant_id, 0) on conflict do nothing;

-- name: read
-- A tenant's run under way.
select under_way from run where tenant_id = $tenant_id;

-- name: save
-- The run under way, and the last finished run.
update run set sequence = $sequence, under_way = $under_way, last = $last where tenant_id = $tenant_id;

-- name: keep
-- A run that people watched has ended.
insert into sync_job (tenant_id, id, ended_at, run) values ($tenant_id, $id, $now, $run);

-- name: forget
-- Deletes a tenant's runs that ended before this moment.
delete from sync_job where tenant_id = $tenant_id and ended_at < $before;

-- name: ended
-- A run that people watched, after its end.
select ended_at, run from sync_job where tenant_id = $tenant_id and id = $id;

-- name: watchable
-- The tenants with a run that people may watch: an import, or one that a person asked for.
select tenant_id from run where under_way ->> 'kind' <> 'poll' order by tenant_id;

-- name: notify
-- Tells whoever watches a run.
select pg_notify('tieout_sync', '');

-- name: last
-- The last finished run.
select last from run where tenant_id = $tenant_id;

-- name: told
-- What was last told of a tenant's sync.
select status, status_sequence, status_at from run where tenant_id = $tenant_id;

-- name: tell
-- What is told of a tenant's sync now.
update run set status = $status, status_sequence = $sequence, status_at = $now where tenant_id = $tenant_id;
