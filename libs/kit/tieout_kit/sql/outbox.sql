-- name: add
-- Messages to publish once this transaction has committed; their ids follow the order of the arrays. Postgres notifies
-- the relay at the commit.
with added as (
    insert into outbox (topic, tenant_id, key, headers, value)
    select * from unnest($topics::text[], $tenant_ids::uuid[], $keys::bytea[], $headers::json[], $values::bytea[]))
select pg_notify('tieout_outbox', '');

-- name: oldest
-- The rows that the relay publishes next.
select id, topic, tenant_id, key, headers, value, at from outbox order by id limit $limit;

-- name: oldest_at
-- When the oldest unpublished row was added.
select at from outbox order by id limit 1;

-- name: delete
-- Kafka has acknowledged these rows.
delete from outbox where id = any($ids::bigint[]);

-- name: limit_idle
-- A relay that sleeps for longer loses its connection, and with it the leader's lock.
select set_config('idle_session_timeout', $timeout, false);
