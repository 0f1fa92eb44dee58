-- migrate:up
-- Rows to ask for on a page, where fewer than usual; and why the list could not be read the last time.
alter table feed
    add page_size int,
    add trouble text;

-- Xero itself named the record in a webhook; and how often it was not found since.
alter table read_request
    add named_by_xero boolean not null default false,
    add not_found int not null default 0;

-- Batches of intents that Xero does not permit for now: intents with this key are not sent before `until`.
create table paused_batch (
    tenant_id uuid not null,
    batch_key text not null,
    resource text not null,
    until timestamptz not null,
    primary key (tenant_id, batch_key)
);

-- migrate:down
drop table paused_batch;
alter table read_request drop named_by_xero, drop not_found;
alter table feed drop page_size, drop trouble;
