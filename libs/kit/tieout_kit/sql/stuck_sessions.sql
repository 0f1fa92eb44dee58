-- name: terminate
-- Terminates sessions that stopped in the middle of preparing a statement. Postgres waits there for the client's next
-- message, so the session keeps its locks. No timeout of Postgres before 17 covers this, and the machine of a frozen
-- process still answers TCP keepalives. pg_terminate_backend is not in the where clause: Postgres may evaluate
-- conditions in any order, and would terminate every session.
select pid, pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
    and state = 'active' and wait_event = 'ClientRead' and state_change < now() - make_interval(secs => $seconds);
