-- name: terminate
-- Ends connections that stand amid preparing a statement: Postgres waits for the rest, so what it holds is held for
-- good. No limit of Postgres before 17 applies there, and a frozen process's machine still answers keepalives.
-- Ending is no condition: Postgres may look at conditions in any order, and would end everybody.
select pid, pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
    and state = 'active' and wait_event = 'ClientRead' and state_change < now() - make_interval(secs => $1);
