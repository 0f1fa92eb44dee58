-- name: lock
-- A tenant's run under way, about to go on or to end.
select sequence, under_way, last from run where tenant_id = $1 for update;

-- name: save
-- The run under way, and the last one that ended.
insert into run (tenant_id, sequence, under_way, last) values ($1, $2, $3, $4)
on conflict (tenant_id) do update
set sequence = excluded.sequence, under_way = excluded.under_way, last = excluded.last;

-- name: abandon
-- A run that will not go on.
update run set under_way = null where tenant_id = $1;

-- name: last
-- The last run that ended.
select last from run where tenant_id = $1;
