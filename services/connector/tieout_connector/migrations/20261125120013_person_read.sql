-- migrate:up
create table person_read (
    tenant_id uuid not null,
    id uuid not null,
    kind text not null,
    request jsonb not null,
    asked_at timestamptz not null,
    deadline timestamptz not null,
    records jsonb,
    failed text,
    free_at timestamptz,
    primary key (tenant_id, id)
);
create index person_read_deadline on person_read (deadline);

-- migrate:down
drop table person_read;
