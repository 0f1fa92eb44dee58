-- name: is_known
-- Is this the database that the last process knew?
select mark = home_fingerprint() from home;

-- name: fingerprint
-- What tells this database from a copy of it, and this table from one that a restore made anew.
select home_fingerprint();

-- name: known
-- What it was when somebody last looked.
select fingerprint, mark from home for update;

-- name: last_used
-- When a process last held leases on it, or a little earlier; right after a restore, when it was dumped.
select max(expires_at) - $1::interval from lease where expires_at > '-infinity';

-- name: keep
-- What it is now; and if it turned out to be another, when, and when it was dumped. A process of the version before goes
-- by the fingerprint, which has no id of a table.
insert into home (fingerprint, mark, restored_at, dumped_at)
values (regexp_replace($1, ':[0-9]+$', ''), $1, $2, $3)
on conflict (single) do update set fingerprint = excluded.fingerprint, mark = excluded.mark,
    restored_at = coalesce(excluded.restored_at, home.restored_at),
    dumped_at = coalesce(excluded.dumped_at, home.dumped_at);
