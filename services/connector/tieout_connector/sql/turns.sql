-- name: make
-- A new tenant has no turn yet.
insert into turn (tenant_id, shard, open) values ($1, $2, false) on conflict do nothing;

-- name: call
-- There is work for these tenants at a moment; one whose calls must wait is not called before.
with called as (
    select t.tenant_id, w.at from turn t join unnest($1::uuid[], $2::timestamptz[]) as w(tenant_id, at) using (tenant_id)
    order by t.tenant_id for no key update of t)
update turn t set next_at = least(t.next_at, greatest(called.at, t.not_before))
from called where t.tenant_id = called.tenant_id;

-- name: opened
-- A tenant is connected now, or no more; whatever its calls waited for is over. Why it was lost stays until then.
update turn set open = $2, not_before = null, because = case when open or $2 then null else because end, failures = 0,
    next_at = $3
where tenant_id = $1;

-- name: lost
-- Why its connection is gone.
update turn set because = $2 where tenant_id = $1;

-- name: due
-- The tenants of these shards whose turn has come.
select t.tenant_id, c.org_id, c.token_set_id, t.shard from turn t join connection c using (tenant_id)
where t.shard = any($1::int[]) and t.open and t.next_at <= $2 order by t.next_at limit $3;

-- name: taken
-- Somebody looks now: who calls from here on is heard at the next look.
update turn set next_at = null where tenant_id = $1 and next_at is not null;

-- name: ended_well
-- Nothing to do before a moment, unless somebody called meanwhile; and all went well.
update turn set next_at = least(next_at, $2), failures = 0, not_before = null, because = null where tenant_id = $1;

-- name: waits
-- Nothing leaves for this tenant before a moment, whoever calls.
update turn set next_at = $2, not_before = $2, because = $3, failures = $4 where tenant_id = $1;

-- name: read
-- Until when and why a tenant's calls wait, and how many failed in a row.
select not_before, because, failures from turn where tenant_id = $1;

-- name: again
-- A turn that was taken in vain comes again at a moment.
update turn set next_at = $2 where tenant_id = $1 and next_at is null and open;

-- name: recover
-- Turns nobody set, or that a forerunner took with it: every tenant of these shards with work gets one. Not those that
-- somebody is at just now; he may stand still.
with idle as (
    select tenant_id from turn t
    where t.shard = any($1::int[]) and t.open and t.next_at is null and coalesce(t.not_before, $2) <= $2
    and not t.tenant_id = any($3::uuid[]) and (
        exists (select 1 from intent i where i.tenant_id = t.tenant_id and i.state = 'queued')
        or exists (select 1 from call k where k.tenant_id = t.tenant_id)
        or exists (select 1 from read_request r where r.tenant_id = t.tenant_id)
        or exists (select 1 from feed f where f.tenant_id = t.tenant_id))
    for no key update skip locked)
update turn t set next_at = $2 from idle where t.tenant_id = idle.tenant_id;
