-- name: add
-- Calls of these hours, added to what is known of them; in key order, so that two processes never wait in a ring.
insert into usage (tenant_id, hour, lane, endpoint, calls, sent, received, limited, failed)
select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[])
on conflict (tenant_id, hour, lane, endpoint) do update set calls = usage.calls + excluded.calls,
    sent = usage.sent + excluded.sent, received = usage.received + excluded.received,
    limited = usage.limited + excluded.limited, failed = usage.failed + excluded.failed;

-- name: forget
-- A portion of the hours before a moment, the oldest first; what another process drops is left to it.
with portion as materialized (
    select tenant_id, hour, lane, endpoint from usage where hour < $1 order by hour limit $2 for update skip locked)
delete from usage u using portion p
where (u.tenant_id, u.hour, u.lane, u.endpoint) = (p.tenant_id, p.hour, p.lane, p.endpoint) returning u.hour;

-- name: hours
-- A tenant's calls in a span, by hour, lane and endpoint.
select hour, lane, endpoint, calls, sent, received, limited, failed from usage
where tenant_id = $1 and hour >= $2 and hour < $3 order by hour, lane, endpoint;

-- name: total
-- A tenant's calls since a moment, and the bytes of them that Xero charges for.
select coalesce(sum(calls), 0)::bigint as calls,
    coalesce(sum(received) filter (where endpoint <> $3), 0)::bigint as egress
from usage where tenant_id = $1 and hour >= $2;

-- name: app
-- Everybody's calls since a moment, and the connections that count toward the app's plan.
select coalesce(sum(calls), 0)::bigint as calls,
    coalesce(sum(received) filter (where endpoint <> $2), 0)::bigint as egress,
    (select count(*) from connection where xero_connection_id is not null) as connections
from usage where hour >= $1;

-- name: by_tenant
-- The tenants that Xero charges most for since a moment.
select tenant_id, name, sum(calls)::bigint as calls,
    coalesce(sum(received) filter (where endpoint <> $2), 0)::bigint as egress_bytes
from usage join connection using (tenant_id) where hour >= $1
group by tenant_id, name order by egress_bytes desc, tenant_id limit $3;
