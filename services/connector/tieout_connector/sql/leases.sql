-- name: here
-- This process is alive.
insert into replica (owner, seen_at) values ($1, $2) on conflict (owner) do update set seen_at = excluded.seen_at;

-- name: replicas
-- How many processes share the shards; those long gone are forgotten.
with gone as (delete from replica where seen_at < $2)
select count(*) from replica where seen_at >= $1;

-- name: make
-- Every shard has a lease; one that nobody had yet is free.
insert into lease (shard, owner, epoch, expires_at)
select shard, $1, 0, '-infinity' from generate_series(0, $2::int - 1) as shard on conflict do nothing;

-- name: take
-- Some free shards become ours. One that is locked is passed over: whoever had it stands still in a transaction, and
-- would keep us too.
with free as (
    select shard from lease where expires_at < $2 and shard < $4 order by shard limit $5 for update skip locked)
update lease set owner = $1, epoch = epoch + 1, expires_at = $3 from free where lease.shard = free.shard
returning lease.shard, epoch;

-- name: renew
-- Those of our leases that nobody took keep being ours.
update lease set expires_at = $3 where owner = $1 and expires_at >= $2 returning shard, epoch;

-- name: hold
-- A lease that is ours at least until then, in the database that we know: in one that was restored, a lease may be ours
-- that has ended since. Locked, so that it cannot be taken before this commits.
select 1 from lease
where shard = $1 and owner = $2 and epoch = $3 and expires_at >= $4
and (select mark from home) = home_fingerprint() for share of lease;

-- name: end
-- All leases end, and nobody has one until then. Their epochs follow the clock: they were higher before the restore.
update lease set owner = '00000000-0000-0000-0000-000000000000', expires_at = $1,
    epoch = greatest(epoch + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint);

-- name: release
-- We let go of these: others need not wait for the leases to run out.
update lease set expires_at = $2 where owner = $1 and shard = any($3::int[]);

-- name: gone
-- We are no replica any more.
delete from replica where owner = $1;
