-- name: parked
-- Those of these tenants that are parked; locked, so that none is let go while its events are put behind the others.
select tenant_id from parked_tenant where tenant_id = any($1::uuid[]) order by tenant_id for share;

-- name: wait
-- Events of parked tenants, in the order they came.
insert into parked_event (tenant_id, topic, partition, record_offset, key, headers, value)
select * from unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::bytea[], $6::json[], $7::bytea[]);

-- name: keep_letters
-- Dead letters, so that they can be counted, shown and returned.
insert into dead_letter (tenant_id, at, place, reason, key, headers, value)
select tenant_id, $1, place, reason, key, headers, value
from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::json[], $7::bytea[])
    as new(tenant_id, place, reason, key, headers, value);

-- name: park
-- The tenants among these with too many dead letters of late; one that was being let go waits again.
insert into parked_tenant (tenant_id, at, reason)
select tenant_id, $2, max(reason) from dead_letter
where tenant_id = any($1::uuid[]) and at > $3 and returned_at is null
group by tenant_id having count(*) >= $4
on conflict (tenant_id) do update set released = false, reason = excluded.reason
returning tenant_id;

-- name: count
-- How many tenants are parked.
select count(*) from parked_tenant where not released;

-- name: list
-- The parked tenants, with what waits for each.
select p.tenant_id, p.at, p.reason, p.released, count(e.id) as waiting
from parked_tenant p left join parked_event e using (tenant_id)
group by p.tenant_id order by p.at;

-- name: release
-- Let a tenant go: what waits is handled, in order, and then what comes. Says whether it was being let go before.
with before as (select released from parked_tenant where tenant_id = $1 for update)
update parked_tenant set released = true from before where tenant_id = $1 returning before.released;

-- name: released
-- The tenants that are being let go.
select tenant_id from parked_tenant where released order by at;

-- name: lock_released
-- One of them, if it still is; waits for whoever is at it, a live batch say, rather than let it go on for ever.
select tenant_id from parked_tenant where tenant_id = $1 and released for update;

-- name: next_waiting
-- What waits longest for a tenant.
select id, topic, partition, record_offset, key, headers, value from parked_event
where tenant_id = $1 order by id limit $2;

-- name: handled
-- These wait no more.
delete from parked_event where id = any($1::bigint[]);

-- name: gone
-- Nothing waits any more: the tenant's events are handled as they come.
delete from parked_tenant where tenant_id = $1;

-- name: letters
-- A tenant's dead letters that were not returned.
select id, at, place, reason from dead_letter where tenant_id = $1 and returned_at is null order by id limit $2;

-- name: return_letters
-- A tenant's dead letters go back, in the order they came.
with returned as (
    update dead_letter set returned_at = $2 where tenant_id = $1 and returned_at is null
    returning id, key, headers, value)
select key, headers, value from returned order by id;
