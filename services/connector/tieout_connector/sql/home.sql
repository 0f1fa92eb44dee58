-- name: is_known
-- Is this the database that the last process knew?
select fingerprint = home_fingerprint() from home;

-- name: fingerprint
-- What tells this database from a copy of it, and this table from one that a restore made anew.
select home_fingerprint();

-- name: known
-- What it was when somebody last looked.
select fingerprint from home for update;

-- name: keep
-- What it is now, and when it turned out to be another.
insert into home (fingerprint, restored_at) values ($1, $2)
on conflict (single) do update set fingerprint = excluded.fingerprint,
    restored_at = coalesce(excluded.restored_at, home.restored_at);
