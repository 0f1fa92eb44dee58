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
    -- What a record of ours and the record of Xero that it may be have in common.
    match_key text,
    in_flight_since timestamptz,
    doc jsonb not null,
    state jsonb not null,
    seen_sequence bigint,
    seen jsonb,
    primary key (tenant_id, kind, id)
);
create unique index record_xero_id on record (tenant_id, kind, xero_id) where xero_id is not null;
create index record_match_key on record (tenant_id, kind, match_key) where match_key is not null;
create index record_in_flight on record (in_flight_since) where in_flight_since is not null;

-- Records of Xero that none of ours is linked to, as last seen.
create table xero_only (
    tenant_id uuid not null,
    kind text not null,
    xero_id uuid not null,
    sequence bigint not null,
    match_key text,
    former uuid,
    names text[] not null default '{}',
    has_problem boolean not null default false,
    doc jsonb not null,
    primary key (tenant_id, kind, xero_id)
);
create index xero_only_match_key on xero_only (tenant_id, kind, match_key) where match_key is not null;

-- What names what: when the thing with a reference changes, these are checked again. `kind` is a record's, or a
-- snapshot's for a record of Xero that none of ours is linked to.
create table refers (
    tenant_id uuid not null,
    reference text not null,
    kind text not null,
    id uuid not null,
    -- The order in which they began to wait.
    place bigint generated always as identity,
    primary key (tenant_id, reference, kind, id)
);
create index refers_place on refers (tenant_id, reference, place);
create index refers_moment on refers (reference) where reference like 'moment:%';

-- Other services' records, as last received.
create table copy (
    tenant_id uuid not null,
    kind text not null,
    id uuid not null,
    sequence bigint not null,
    xero_id uuid,
    doc jsonb not null,
    primary key (tenant_id, kind, id)
);
create index copy_xero_id on copy (tenant_id, kind, xero_id) where xero_id is not null;

-- The organisation's accounts, tax rates, tracking categories, as last seen.
create table reference (
    tenant_id uuid not null,
    kind text not null,
    id text not null,
    sequence bigint not null,
    doc jsonb not null,
    primary key (tenant_id, kind, id)
);

create table change (
    tenant_id uuid not null,
    kind text not null,
    id uuid not null,
    sequence bigint not null,
    at timestamptz not null,
    traceparent text,
    -- Values that lost a conflict, or were overruled.
    lost jsonb,
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
drop table problem, change, reference, copy, refers, xero_only, record, tenant, outbox, position;
