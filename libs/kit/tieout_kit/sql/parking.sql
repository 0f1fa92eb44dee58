-- name: parked
-- Those of these tenants that are parked. Locked, so that none is released while its events are put behind the others.
select tenant_id from parked_tenant where tenant_id = any($tenant_ids::uuid[]) order by tenant_id for share;

-- name: hold_back
-- Stores events of parked tenants, in the order in which they came.
insert into parked_event (tenant_id, topic, partition, record_offset, key, headers, value)
select * from unnest($tenant_ids::uuid[], $topics::text[], $partitions::int[], $offsets::bigint[], $keys::bytea[],
    $headers::json[], $values::bytea[]);

-- name: add_dead_letters
-- Stores dead letters, so that they can be counted, listed and returned.
insert into dead_letter (tenant_id, at, place, reason, key, headers, value)
select tenant_id, $now, place, reason, key, headers, value
from unnest($tenant_ids::uuid[], $places::text[], $reasons::text[], $keys::bytea[], $headers::json[], $values::bytea[])
    as new(tenant_id, place, reason, key, headers, value);

-- name: park
-- Parks those of these tenants that had too many dead letters of late; also a tenant that was being released.
insert into parked_tenant (tenant_id, at, reason)
select tenant_id, $now, max(reason) from dead_letter
where tenant_id = any($tenant_ids::uuid[]) and at > $since and returned_at is null
group by tenant_id having count(*) >= $burst
on conflict (tenant_id) do update set released = false, reason = excluded.reason
returning tenant_id;

-- name: count
-- How many tenants are parked.
select count(*) from parked_tenant where not released;

-- name: list
-- The parked tenants, each with the number of its waiting events.
select p.tenant_id, p.at, p.reason, p.released, count(e.id) as waiting
from parked_tenant p left join parked_event e using (tenant_id)
group by p.tenant_id order by p.at;

-- name: release
-- Releases a tenant: its waiting events are handled in order, and then its new ones. Returns whether it was being
-- released already.
with before as (select released from parked_tenant where tenant_id = $tenant_id for update)
update parked_tenant set released = true from before where tenant_id = $tenant_id returning before.released;

-- name: released
-- The tenants that are being released.
select tenant_id from parked_tenant where released order by at;

-- name: lock_released
-- A tenant, if it is still being released. Waits for the transaction that has it, such as a batch of new events: a
-- query that skipped it might skip it for ever.
select tenant_id from parked_tenant where tenant_id = $tenant_id and released for update;

-- name: next_waiting
-- A tenant's waiting events, the oldest first.
select id, topic, partition, record_offset, key, headers, value from parked_event
where tenant_id = $tenant_id order by id limit $limit;

-- name: delete_waiting
-- These events have been handled.
delete from parked_event where id = any($ids::bigint[]);

-- name: unpark
-- No event waits any more: the tenant's events are handled as they come.
delete from parked_tenant where tenant_id = $tenant_id;

-- name: dead_letters
-- A tenant's dead letters that were not returned.
select id, at, place, reason from dead_letter
where tenant_id = $tenant_id and returned_at is null order by id limit $limit;

-- name: return_dead_letters
-- Marks a tenant's dead letters as returned, and reads them in the order in which they came.
with returned as (
    update dead_letter set returned_at = $now where tenant_id = $tenant_id and returned_at is null
    returning id, key, headers, value)
select key, headers, value from returned order by id;
