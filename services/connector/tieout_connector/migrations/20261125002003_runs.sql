-- migrate:up
create table run (
    tenant_id uuid primary key,
    sequence bigint not null,
    under_way jsonb,
    last jsonb
);

-- migrate:down
drop table run;
