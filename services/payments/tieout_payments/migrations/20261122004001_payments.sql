-- migrate:up
create table bill_copy (
    tenant_id uuid not null,
    bill_id uuid not null,
    sequence bigint not null default 0,
    doc jsonb,
    primary key (tenant_id, bill_id)
);

create index record_payment_bill on record (tenant_id, (doc ->> 'bill_id')) where kind = 'payment';

-- migrate:down
drop index record_payment_bill;
drop table bill_copy;
