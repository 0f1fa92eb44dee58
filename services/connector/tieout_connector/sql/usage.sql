-- name: add
-- Adds calls to the stored counts. Rows come in key order, so that two processes never wait for each other in a ring.
insert into usage (tenant_id, hour, lane, endpoint, calls, sent, received, limited, failed)
select * from unnest($tenant_ids::uuid[], $hours::timestamptz[], $lanes::text[], $endpoints::text[], $calls::bigint[],
    $sent::bigint[], $received::bigint[], $limited::bigint[], $failed::bigint[])
on conflict (tenant_id, hour, lane, endpoint) do update set calls = usage.calls + excluded.calls,
    sent = usage.sent + excluded.sent, received = usage.received + excluded.received,
    limited = usage.limited + excluded.limited, failed = usage.failed + excluded.failed;

-- name: delete_old
-- Deletes a portion of the hours before this moment, the oldest first. Rows that another process deletes are skipped.
with portion as materialized (
    select tenant_id, hour, lane, endpoint from usage where hour < $before order by hour limit $limit
    for update skip locked)
delete from usage u using portion p
where (u.tenant_id, u.hour, u.lane, u.endpoint) = (p.tenant_id, p.hour, p.lane, p.endpoint) returning u.hour;

-- name: hours
-- A tenant's calls in a span, by hour, lane and endpoint.
select hour, lane, endpoint, calls, sent, received, limited, failed from usage
where tenant_id = $tenant_id and hour >= $since and hour < $before order by hour, lane, endpoint;

-- name: total
-- A tenant's calls since this moment, and the bytes among them that Xero charges for.
select coalesce(sum(calls), 0)::bigint as calls,
    coalesce(sum(received) filter (where endpoint <> $free_endpoint), 0)::bigint as egress
from usage where tenant_id = $tenant_id and hour >= $since;

-- name: app_total
-- All tenants' calls since this moment, and the number of connections that count toward the app's plan.
select coalesce(sum(calls), 0)::bigint as calls,
    coalesce(sum(received) filter (where endpoint <> $free_endpoint), 0)::bigint as egress,
    (select count(*) from connection where xero_connection_id is not null) as connections
from usage where hour >= $since;

-- name: by_tenant
-- The tenants that Xero charges most for since this moment.
select tenant_id, name, sum(calls)::bigint as calls,
    coalesce(sum(received) filter (where endpoint <> $free_endpoint), 0)::bigint as egress_bytes
from usage join connection using (tenant_id) where hour >= $since
group by tenant_id, name order by egress_bytes desc, tenant_id limit $limit;
