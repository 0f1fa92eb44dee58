-- migrate:up
create table usage (
    tenant_id uuid not null,
    hour timestamptz not null,
    lane text not null,
    endpoint text not null,
    calls bigint not null,
    sent bigint not null,
    received bigint not null,
    limited bigint not null,
    failed bigint not null,
    primary key (tenant_id, hour, lane, endpoint)
);
create index usage_hour on usage (hour);

-- migrate:down
drop table usage;
