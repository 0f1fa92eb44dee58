-- migrate:up
create table token_set (
    id uuid primary key,
    access_token bytea not null,
    refresh_token bytea not null,
    expires_at timestamptz not null
);

create table connection (
    tenant_id uuid primary key,
    name text not null,
    shard int not null,
    state text not null,
    sequence bigint not null,
    org_id uuid unique,
    org_name text not null default '',
    xero_connection_id uuid,
    token_set_id uuid references token_set (id),
    last_sync_at timestamptz,
    settings jsonb not null,
    settings_sequence bigint not null
);
create index connection_shard on connection (shard);

create table consent (
    state_hash bytea primary key,
    tenant_id uuid not null unique,
    code_verifier text not null,
    return_to text,
    state_before text not null,
    token_set_id uuid references token_set (id),
    candidates jsonb,
    at timestamptz not null
);

create table snapshot (
    tenant_id uuid not null,
    kind text not null,
    xero_id text not null,
    sequence bigint not null,
    content bytea not null,
    record_id uuid,
    primary key (tenant_id, kind, xero_id)
);

create table read_request (
    tenant_id uuid not null,
    kind text not null,
    xero_id uuid not null,
    asked int not null default 1,
    due_at timestamptz not null,
    causation_id text not null,
    correlation_id text not null,
    traceparent text,
    primary key (tenant_id, kind, xero_id)
);
create index read_request_due on read_request (tenant_id, due_at);

create table call (
    tenant_id uuid not null,
    id uuid not null,
    request jsonb not null,
    body bytea not null,
    first_sent_at timestamptz not null,
    retry_at timestamptz not null,
    look_up_first boolean not null default false,
    primary key (tenant_id, id)
);

create table intent (
    tenant_id uuid not null,
    id text not null,
    lane int not null,
    kind text not null,
    record_id uuid not null,
    state text not null default 'queued',
    call_id uuid,
    alone boolean not null default false,
    received_at timestamptz not null,
    doc jsonb not null,
    result jsonb,
    causation_id text not null,
    correlation_id text not null,
    traceparent text,
    primary key (tenant_id, id)
);
create index intent_queued on intent (tenant_id, lane, received_at) where state = 'queued';
create index intent_open on intent (tenant_id, kind, record_id) where state <> 'done';
create index intent_call on intent (tenant_id, call_id) where call_id is not null;

create table feed (
    tenant_id uuid not null,
    resource text not null,
    importing boolean not null default true,
    since timestamptz,
    page int not null default 1,
    backwards boolean not null default false,
    newest timestamptz,
    done int not null default 0,
    total int,
    next_at timestamptz not null,
    primary key (tenant_id, resource)
);
create index feed_next on feed (tenant_id, next_at);

create table budget (
    tenant_id uuid primary key,
    sent_at double precision[] not null,
    day date not null,
    day_used int not null,
    day_limit int not null,
    parked_until timestamptz,
    parked_because text
);

create table lease (
    shard int primary key,
    owner uuid not null,
    epoch bigint not null,
    expires_at timestamptz not null
);

create table service_problem (
    tenant_id uuid not null,
    id uuid not null,
    sequence bigint not null,
    state text not null,
    doc jsonb not null,
    primary key (tenant_id, id)
);

-- migrate:down
drop table service_problem, lease, budget, feed, intent, call, read_request, snapshot, consent, connection, token_set;
