-- name: heartbeat
-- This process is alive.
insert into replica (owner, seen_at) values ($owner, $now) on conflict (owner) do update set seen_at = excluded.seen_at;

-- name: replicas
-- The number of live processes, which share the shards. Deletes processes that are long gone.
with gone as (delete from replica where seen_at < $forgotten_before)
select count(*) from replica where seen_at >= $alive_since;

-- name: make
-- Makes the missing leases, as expired ones.
insert into lease (shard, owner, epoch, expires_at)
select shard, $owner, 0, '-infinity' from generate_series(0, $shards::int - 1) as shard on conflict do nothing;

-- name: take
-- Takes some expired leases. A locked lease is skipped: its former owner is stuck in a transaction and would block us.
with free as (
    select shard from lease where expires_at < $now and shard < $shards order by shard limit $wanted
    for update skip locked)
update lease set owner = $owner, epoch = epoch + 1, expires_at = $expires_at from free where lease.shard = free.shard
returning lease.shard, epoch;

-- name: renew
-- Extends our leases, except those that expired.
update lease set expires_at = $expires_at where owner = $owner and expires_at >= $now returning shard, epoch;

-- name: lock
-- Locks a lease that is ours at least until this moment, so that nobody can take it before the transaction ends. The
-- database must be the recorded one: in a restored database, an old lease may look valid.
select 1 from lease
where shard = $shard and owner = $owner and epoch = $epoch and expires_at >= $until
and (select identity from home) = home_fingerprint() for share of lease;

-- name: expire_all
-- After a restore: ends all leases, and nobody can take one before this moment. Epochs were higher before the restore,
-- so they continue from the clock.
update lease set owner = '00000000-0000-0000-0000-000000000000', expires_at = $free_at,
    epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint);

-- name: release
-- Gives leases back before they expire, so that others can take them at once.
update lease set expires_at = $expired_at where owner = $owner and shard = any($shards::int[]);

-- name: remove_replica
-- This process ends.
delete from replica where owner = $owner;
