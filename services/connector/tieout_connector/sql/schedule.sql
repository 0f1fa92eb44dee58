-- name: add_tenant
-- A new tenant, which is not connected and has no work yet.
insert into turn (tenant_id, shard, open) values ($tenant_id, $shard, false) on conflict do nothing;

-- name: wake_tenants
-- Schedules these tenants at these moments, each no earlier than the end of its delay.
with woken as (
    select t.tenant_id, w.at
    from turn t join unnest($tenant_ids::uuid[], $at::timestamptz[]) as w(tenant_id, at) using (tenant_id)
    order by t.tenant_id for no key update of t)
update turn t set next_at = least(t.next_at, greatest(woken.at, t.not_before))
from woken where t.tenant_id = woken.tenant_id;

-- name: set_connected
-- A tenant was connected or disconnected: its delay and failures end. The reason for a lost connection stays until it is
-- connected again.
update turn set open = $connected, not_before = null,
    because = case when open or $connected then null else because end, failures = 0, next_at = $next_at
where tenant_id = $tenant_id;

-- name: connection_lost
-- Stores why the connection is lost.
update turn set because = $because where tenant_id = $tenant_id;

-- name: due
-- The tenants of these shards that are due.
select t.tenant_id, c.org_id, c.token_set_id, t.shard from turn t join connection c using (tenant_id)
where t.shard = any($shards::int[]) and t.open and t.next_at <= $now order by t.next_at limit $limit;

-- name: claim
-- A worker is about to look for work. Work that is added from now on schedules the tenant again.
update turn set next_at = null where tenant_id = $tenant_id and next_at is not null;

-- name: finish
-- Nothing is due before this moment, unless work was added since the claim. Ends the delay and the failures in a row.
update turn set next_at = least(next_at, $next_at), failures = 0, not_before = null, because = null
where tenant_id = $tenant_id;

-- name: delay_until
-- No call of this tenant is sent before this moment, even if work is added.
update turn set next_at = $until, not_before = $until, because = $because, failures = $failures
where tenant_id = $tenant_id;

-- name: read_delay
-- Until when and why a tenant's calls are delayed, and how many failed in a row.
select not_before, because, failures from turn where tenant_id = $tenant_id;

-- name: retry_at
-- Schedules a tenant again that was claimed in vain.
update turn set next_at = $at where tenant_id = $tenant_id and next_at is null and open;

-- name: recover
-- Schedules every unscheduled tenant of these shards that has work: a process claimed it and died, or the version before
-- added the work. Tenants that are in progress here are left out. Locked rows are skipped: their owner may be stuck.
with idle as (
    select tenant_id from turn t
    where t.shard = any($shards::int[]) and t.open and t.next_at is null and coalesce(t.not_before, $now) <= $now
    and not t.tenant_id = any($in_progress::uuid[]) and (
        exists (select 1 from intent i where i.tenant_id = t.tenant_id and i.state = 'queued')
        or exists (select 1 from call k where k.tenant_id = t.tenant_id)
        or exists (select 1 from read_request r where r.tenant_id = t.tenant_id)
        or exists (select 1 from feed f where f.tenant_id = t.tenant_id))
    for no key update skip locked)
update turn t set next_at = $now from idle where t.tenant_id = idle.tenant_id;
