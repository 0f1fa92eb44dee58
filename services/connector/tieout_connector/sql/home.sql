-- name: is_known
-- Is this the database that the last process knew?
select fingerprint = home_fingerprint() from home;

-- name: fingerprint
-- What tells this database from a copy of it, and this table from one that a restore made anew.
select home_fingerprint();

-- name: known
-- What it was when somebody last looked.
select fingerprint from home for update;

-- name: last_used
-- When a process last held leases on it, or a little earlier; right after a restore, when it was dumped.
select max(expires_at) - $1::interval from lease where expires_at > '-infinity';

-- name: keep
-- What it is now; and if it turned out to be another, when, and when it was dumped.
insert into home (fingerprint, restored_at, dumped_at) values ($1, $2, $3)
on conflict (single) do update set fingerprint = excluded.fingerprint,
    restored_at = coalesce(excluded.restored_at, home.restored_at),
    dumped_at = coalesce(excluded.dumped_at, home.dumped_at);
