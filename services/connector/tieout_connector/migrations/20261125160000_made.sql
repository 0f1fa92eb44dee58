-- migrate:up
-- Found while a tenant's calls wait: which records of Xero an intent has made, and which call is looked at next.
create index intent_made on intent (tenant_id, (result ->> 'xero_id')) where state = 'done';
create index call_retry on call (tenant_id, retry_at);

-- migrate:down
drop index intent_made, call_retry;
