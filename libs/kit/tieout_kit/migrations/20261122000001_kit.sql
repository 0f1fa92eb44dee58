-- migrate:up
create table position (
    cluster_id text not null,
    topic text not null,
    partition int not null,
    next_offset bigint not null,
    primary key (cluster_id, topic, partition)
);

create table outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    tenant_id uuid,
    key bytea,
    -- Not jsonb, which refuses U+0000: a dead letter keeps whatever bytes it came with.
    headers json not null,
    value bytea
);

create table tenant (
    tenant_id uuid primary key,
    connection jsonb,
    connection_sequence bigint not null default 0,
    settings jsonb,
    settings_sequence bigint not null default 0
);

create table record (
    tenant_id uuid not null,
    kind text not null,
    id uuid not null,
    sequence bigint not null,
    xero_id uuid,
    held text,
    in_flight_since timestamptz,
    intent jsonb,
    doc jsonb not null,
    primary key (tenant_id, kind, id)
);
create unique index record_xero_id on record (tenant_id, kind, xero_id) where xero_id is not null;
create index record_held on record (tenant_id, held, kind, id) where held is not null;
create index record_in_flight on record (in_flight_since) where in_flight_since is not null;

create table change (
    tenant_id uuid not null,
    kind text not null,
    id uuid not null,
    sequence bigint not null,
    at timestamptz not null,
    traceparent text,
    doc jsonb not null,
    primary key (tenant_id, kind, id, sequence)
);

create table problem (
    tenant_id uuid not null,
    id uuid not null,
    sequence bigint not null,
    record_kind text not null,
    record_id uuid not null,
    code text not null,
    state text not null,
    doc jsonb not null,
    primary key (tenant_id, id)
);
create unique index problem_open on problem (tenant_id, record_kind, record_id) where state = 'open';

-- migrate:down
drop table problem, change, record, tenant, outbox, position;
