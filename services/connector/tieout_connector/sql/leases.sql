-- name: here
-- This process is alive.
insert into replica (owner, seen_at) values ($1, $2) on conflict (owner) do update set seen_at = excluded.seen_at;

-- name: replicas
-- How many processes share the shards; those long gone are forgotten.
with gone as (delete from replica where seen_at < $2)
select count(*) from replica where seen_at >= $1;

-- name: take
-- Some free shards become ours: nobody's, or those whose lease has run out.
insert into lease (shard, owner, epoch, expires_at)
select shard, $1, 1, $3 from generate_series(0, $4::int - 1) as shard
where not exists (select 1 from lease l where l.shard = shard.shard and l.expires_at >= $2)
order by shard limit $5
on conflict (shard) do update
set owner = excluded.owner, epoch = lease.epoch + 1, expires_at = excluded.expires_at
where lease.expires_at < $2
returning shard, epoch;

-- name: renew
-- Those of our leases that nobody took keep being ours.
update lease set expires_at = $3 where owner = $1 and expires_at >= $2 returning shard, epoch;

-- name: hold
-- A lease that is still ours and not about to end; locked, so that it cannot be taken before this commits.
select 1 from lease where shard = $1 and owner = $2 and epoch = $3 and expires_at >= $4 for share;

-- name: release
-- We let go of these: others need not wait for the leases to run out.
update lease set expires_at = $2 where owner = $1 and shard = any($3::int[]);

-- name: gone
-- We are no replica any more.
delete from replica where owner = $1;
