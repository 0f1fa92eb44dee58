-- migrate:up
-- What tells this database from any that it was restored to: cluster, timeline, database, and a table of it. The
-- timeline is that of the log, for the control file learns of a promotion only minutes later. A dump of before this
-- leaves the function where it is.
create or replace function home_fingerprint() returns text language sql as $$
    select concat_ws(':', s.system_identifier,
        case when pg_is_in_recovery() then 0
            else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end,
        d.oid, 'home'::regclass::oid)
    from pg_control_system() s, pg_database d where d.datname = current_database()
$$;
alter table home add mark text;
alter table budget add turn int not null default 0;

-- migrate:down
alter table budget drop turn;
alter table home drop mark;
drop function home_fingerprint();
