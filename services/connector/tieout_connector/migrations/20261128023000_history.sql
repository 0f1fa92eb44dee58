-- migrate:up
-- The last historical import that asked for a record (SYS-4).
alter table snapshot add asked_for_by uuid;

-- Historical imports. At most one of a tenant runs.
create table history_import (
    id uuid primary key,
    tenant_id uuid not null,
    state text not null,
    started_at timestamptz not null,
    next_at timestamptz not null,
    doc jsonb not null
);
create unique index history_import_running on history_import (tenant_id) where state = 'running';
create index history_import_of_tenant on history_import (tenant_id, started_at);

-- migrate:down
drop table history_import;
alter table snapshot drop asked_for_by;
