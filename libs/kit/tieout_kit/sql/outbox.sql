-- name: add
-- What is to be said once this transaction is through; ids follow the order of the rows. Tells the relay that there is
-- something, when the transaction commits.
with said as (
    insert into outbox (topic, tenant_id, key, headers, value)
    select * from unnest($1::text[], $2::uuid[], $3::bytea[], $4::json[], $5::bytea[]))
select pg_notify('tieout_outbox', '');

-- name: oldest
-- What the relay sends next.
select id, topic, tenant_id, key, headers, value, at from outbox order by id limit $1;

-- name: oldest_at
-- Since when Kafka lacks something.
select at from outbox order by id limit 1;

-- name: delete
-- Kafka has them.
delete from outbox where id = any($1::bigint[]);

-- name: limit_idle
-- A relay that sleeps for longer loses its connection, and with it the lock.
select set_config('idle_session_timeout', $1, false);
