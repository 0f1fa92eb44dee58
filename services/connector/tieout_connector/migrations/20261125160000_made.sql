-- migrate:up
-- Which records of Xero an intent has made is looked up while a tenant's calls wait.
create index intent_made on intent (tenant_id, (result ->> 'xero_id')) where state = 'done';

-- migrate:down
drop index intent_made;
