-- name: tenants
-- Locks tenants in the order of their keys. Advisory locks, because row locks would write to the table, and a tenant
-- may have no row yet.
select case when alone then pg_advisory_xact_lock(key) else pg_advisory_xact_lock_shared(key) end
from (
    select hashtextextended(tenant::text, 0) as key, bool_or(alone) as alone
    from unnest($tenant_ids::uuid[], $alone::bool[]) as wanted(tenant, alone) group by 1 order by 1
) as ordered;
