-- name: received
-- Events came. The changes before them were announced, or their events are lost alone: then polls find these changes.
insert into webhook_health (tenant_id, category, last_event_at)
select * from unnest($tenant_ids::uuid[], $categories::text[], $last_event_at::timestamptz[])
on conflict (tenant_id, category) do update set
    last_event_at = greatest(webhook_health.last_event_at, excluded.last_event_at),
    echoes = case when webhook_health.echoes_since > excluded.last_event_at then webhook_health.echoes else 0 end,
    echoes_since = case when webhook_health.echoes_since > excluded.last_event_at then webhook_health.echoes_since end,
    found = case when webhook_health.found_since > excluded.last_event_at then webhook_health.found else 0 end,
    found_since = case when webhook_health.found_since > excluded.last_event_at then webhook_health.found_since end;

-- name: unannounced
-- Changes that no event has announced so far, unless one came after them.
insert into webhook_health as h (tenant_id, category, echoes, echoes_since, found, found_since)
values ($tenant_id, $category, $echoes, case when $echoes::int >= $enough::int then $at::timestamptz end,
    $found, case when $found::int >= $enough::int then $at::timestamptz end)
on conflict (tenant_id, category) do update set
    echoes = h.echoes + excluded.echoes,
    echoes_since = coalesce(h.echoes_since,
        case when excluded.echoes > 0 and h.echoes + excluded.echoes >= $enough::int then $at::timestamptz end),
    found = h.found + excluded.found,
    found_since = coalesce(h.found_since,
        case when excluded.found > 0 and h.found + excluded.found >= $enough::int then $at::timestamptz end)
where h.last_event_at is null or h.last_event_at < $at::timestamptz;

-- name: lock
-- One process at a time judges.
select pg_advisory_xact_lock(hashtextextended('webhook_health', 0));

-- name: forget
-- What one tenant misses although events of the category came later for others is lost alone.
with latest as (select category, max(last_event_at) as at from webhook_health group by category),
stale as (
    select h.tenant_id, h.category from webhook_health h join latest using (category)
    where least(h.echoes_since, h.found_since) <= latest.at
    order by h.tenant_id, h.category for update of h)
update webhook_health h set echoes = 0, echoes_since = null, found = 0, found_since = null
from stale where h.tenant_id = stale.tenant_id and h.category = stale.category;

-- name: categories
-- What is known of each category, over all tenants.
select category as name, max(last_event_at) as last_event_at, min(echoes_since) as echoes_since, min(found_since) as found_since,
    min(s.since) as silent_since
from webhook_health left join webhook_silence s using (category) group by category;

-- name: begin
-- A silence begins.
insert into webhook_silence (category, since) values ($category, $since) on conflict do nothing;

-- name: end
-- The silences of these categories end.
delete from webhook_silence where category = any($categories::text[]);

-- name: silent
-- The categories that are silent, and since when.
select category, since from webhook_silence;

-- name: report
-- The connected tenants that miss events of a silent category and have no problem of it yet. They have one from now on.
with missing as (
    select h.tenant_id, h.category from webhook_health h
    join webhook_silence using (category) join connection c on c.tenant_id = h.tenant_id
    where h.echoes + h.found > 0 and not h.reported and c.state = 'connected'
    order by h.tenant_id, h.category for update of h)
update webhook_health h set reported = true from missing
where h.tenant_id = missing.tenant_id and h.category = missing.category
returning h.tenant_id, h.category;

-- name: clear
-- The tenants that have a problem of a category that is silent no longer. They have none from now on.
with told as (
    select h.tenant_id, h.category from webhook_health h
    where h.reported and not exists (select from webhook_silence s where s.category = h.category)
    order by h.tenant_id, h.category for update)
update webhook_health h set reported = false from told
where h.tenant_id = told.tenant_id and h.category = told.category
returning h.tenant_id, h.category;

-- name: came
-- The categories of which events came for a tenant.
select category from webhook_health where tenant_id = $tenant_id and last_event_at is not null;
