-- migrate:up
create table settings (
    tenant_id uuid primary key,
    sequence bigint not null,
    doc jsonb not null
);
insert into settings select tenant_id, settings_sequence, settings from connection;
-- The old columns go once no process of the version before is left, which reads them.
alter table connection alter column settings drop not null, alter column settings_sequence drop not null;

create table settings_version (
    tenant_id uuid not null,
    version int not null,
    at timestamptz not null,
    by text not null,
    changes jsonb not null,
    primary key (tenant_id, version)
);

create table chart_of_accounts (
    tenant_id uuid primary key,
    accounts jsonb not null
);

-- migrate:down
drop table chart_of_accounts, settings_version, settings;
