-- name: fingerprint
-- What tells this database from a copy of it, and this table from one that a restore made anew.
select concat_ws(':', s.system_identifier, c.timeline_id, d.oid) as database, 'home'::regclass::oid::text as made
from pg_control_system() s, pg_control_checkpoint() c, pg_database d where d.datname = current_database();

-- name: known
-- What it was when the last process started.
select fingerprint from home for update;

-- name: keep
-- What it is now, and when it turned out to be another.
insert into home (fingerprint, restored_at) values ($1, $2)
on conflict (single) do update set fingerprint = excluded.fingerprint,
    restored_at = coalesce(excluded.restored_at, home.restored_at);
