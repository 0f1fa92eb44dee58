-- name: is_known
-- Whether this is still the database that was recorded last.
select identity = home_fingerprint() from home;

-- name: identity
-- The identity of this database: a copy of it has another one, and so has a restore that made its tables anew.
select home_fingerprint();

-- name: recorded
-- The identity that was recorded last.
select fingerprint, identity from home for update;

-- name: last_used
-- About when a process last held a lease. Right after a restore: about when the dump was taken.
select max(expires_at) - $term::interval from lease where expires_at > '-infinity';

-- name: record
-- Records the identity of this database and, after a restore, when the restore was detected and the dump was taken.
-- The version before compares `fingerprint`, which is the identity without the id of a table.
insert into home (fingerprint, identity, restored_at, dumped_at)
values (regexp_replace($identity, ':[0-9]+$', ''), $identity, $restored_at, $dumped_at)
on conflict (single) do update set fingerprint = excluded.fingerprint, identity = excluded.identity,
    restored_at = coalesce(excluded.restored_at, home.restored_at),
    dumped_at = coalesce(excluded.dumped_at, home.dumped_at);
