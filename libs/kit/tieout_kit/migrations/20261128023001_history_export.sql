-- migrate:up
-- Historical exports (SYS-4). At most one of a tenant runs.
create table history_export (
    id uuid primary key,
    tenant_id uuid not null,
    state text not null,
    started_at timestamptz not null,
    from_date date not null,
    to_date date,
    doc jsonb not null
);
create unique index history_export_running on history_export (tenant_id) where state = 'running';
create index history_export_of_tenant on history_export (tenant_id, started_at);

-- migrate:down
drop table history_export;
