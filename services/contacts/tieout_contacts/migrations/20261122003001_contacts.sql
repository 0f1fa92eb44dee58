-- migrate:up
-- What a document of Xero makes its contact (CONT-4), whether the contact was seen yet or not.
create table classified (
    tenant_id uuid not null,
    xero_id uuid not null,
    vendor boolean not null default false,
    primary key (tenant_id, xero_id)
);

-- migrate:down
drop table classified;
