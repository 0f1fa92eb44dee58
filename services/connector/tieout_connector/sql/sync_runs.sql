-- name: lock
-- A tenant's run under way and its last finished run, locked because a page is about to be added.
select sequence, under_way, last from run where tenant_id = $tenant_id for update;

-- name: save
-- The run under way, and the last finished run.
insert into run (tenant_id, sequence, under_way, last) values ($tenant_id, $sequence, $under_way, $last)
on conflict (tenant_id) do update
set sequence = excluded.sequence, under_way = excluded.under_way, last = excluded.last;

-- name: abandon
-- Drops the run under way.
update run set under_way = null where tenant_id = $tenant_id;

-- name: last
-- The last finished run.
select last from run where tenant_id = $tenant_id;
