-- migrate:up
alter table classified add column customer boolean not null default false;

-- migrate:down
alter table classified drop column customer;
