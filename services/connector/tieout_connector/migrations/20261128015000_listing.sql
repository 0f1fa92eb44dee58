-- migrate:up
-- A resource may be listed twice, for example its bills and its sales invoices. So lists have names of their own.
alter table feed rename column resource to listing;

-- migrate:down
alter table feed rename column listing to resource;
