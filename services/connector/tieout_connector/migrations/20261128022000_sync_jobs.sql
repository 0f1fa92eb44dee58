-- migrate:up
alter table feed add column last_read_at timestamptz;

-- Runs of which a person asked for the progress, kept for a while after their end.
create table sync_job (
    tenant_id uuid not null,
    id uuid not null,
    ended_at timestamptz not null,
    run jsonb not null,
    primary key (tenant_id, id)
);

alter table run add column status jsonb, add column status_sequence bigint not null default 0,
    add column status_at timestamptz;
-- Few runs are no polls: those that take too long are looked for.
create index run_watchable on run (tenant_id) where under_way ->> 'kind' <> 'poll';

-- migrate:down
drop index run_watchable;
alter table run drop column status, drop column status_sequence, drop column status_at;
drop table sync_job;
alter table feed drop column last_read_at;
