-- migrate:up
-- By tenant and webhook category: when the latest event came, how many changes no event has announced since then (our own
-- writes, and what polls found), when these were enough to be noticed, and whether the tenant has a problem of it.
create table webhook_health (
    tenant_id uuid not null,
    category text not null,
    last_event_at timestamptz,
    echoes int not null default 0,
    echoes_since timestamptz,
    found int not null default 0,
    found_since timestamptz,
    reported boolean not null default false,
    primary key (tenant_id, category)
);

-- The categories whose events stay away, for the whole app, and since when.
create table webhook_silence (
    category text primary key,
    since timestamptz not null
);

-- migrate:down
drop table webhook_silence, webhook_health;
