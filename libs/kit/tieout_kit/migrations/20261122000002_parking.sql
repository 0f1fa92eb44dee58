-- migrate:up
create table dead_letter (
    id bigint generated always as identity primary key,
    tenant_id uuid,
    at timestamptz not null,
    place text not null,
    reason text not null,
    key bytea,
    headers json not null,
    value bytea,
    returned_at timestamptz
);
create index dead_letter_tenant on dead_letter (tenant_id, at);

create table parked_tenant (
    tenant_id uuid primary key,
    at timestamptz not null,
    reason text not null,
    released boolean not null default false
);

create table parked_event (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references parked_tenant (tenant_id),
    topic text not null,
    partition int not null,
    record_offset bigint not null,
    key bytea,
    headers json not null,
    value bytea
);
create index parked_event_tenant on parked_event (tenant_id, id);

-- migrate:down
drop table parked_event, parked_tenant, dead_letter;
