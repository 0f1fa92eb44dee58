-- migrate:up
create table vendor_link (
    tenant_id uuid not null,
    vendor_id uuid not null,
    xero_id uuid,
    sequence bigint not null default 0,
    primary key (tenant_id, vendor_id)
);
create index vendor_link_xero_id on vendor_link (tenant_id, xero_id) where xero_id is not null;

create table unlinked_invoice (
    tenant_id uuid not null,
    xero_id uuid not null,
    sequence bigint not null,
    contact_xero_id uuid not null,
    doc jsonb not null,
    primary key (tenant_id, xero_id)
);
create index unlinked_invoice_contact on unlinked_invoice (tenant_id, contact_xero_id);

create table reference (
    tenant_id uuid not null,
    kind text not null,
    id text not null,
    sequence bigint not null,
    doc jsonb not null,
    primary key (tenant_id, kind, id)
);

create index record_bill_vendor on record (tenant_id, (doc ->> 'vendor_id')) where kind = 'bill' and held is not null;

-- migrate:down
drop index record_bill_vendor;
drop table reference, unlinked_invoice, vendor_link;
