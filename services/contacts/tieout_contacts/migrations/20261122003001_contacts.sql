-- migrate:up
create table xero_contact (
    tenant_id uuid not null,
    xero_id uuid not null,
    sequence bigint not null default 0,
    name_key text,
    vendor boolean not null default false,
    doc jsonb,
    primary key (tenant_id, xero_id)
);
create index xero_contact_name on xero_contact (tenant_id, name_key);

create table vendor_name (
    tenant_id uuid not null,
    vendor_id uuid not null,
    name_key text not null,
    primary key (tenant_id, vendor_id)
);
create index vendor_name_key on vendor_name (tenant_id, name_key);

-- migrate:down
drop table vendor_name, xero_contact;
