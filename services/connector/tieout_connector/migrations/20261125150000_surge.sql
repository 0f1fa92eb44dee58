-- migrate:up
-- Those that arrived in one transaction arrived at one moment: what goes next is found without sorting them.
drop index intent_queued;
create index intent_queued on intent (tenant_id, lane, received_at, id) where state = 'queued';
drop index intent_together;
create index intent_together on intent (tenant_id, together, lane, received_at, id) where state = 'queued';

-- migrate:down
drop index intent_queued;
create index intent_queued on intent (tenant_id, lane, received_at) where state = 'queued';
drop index intent_together;
create index intent_together on intent (tenant_id, together, lane, received_at) where state = 'queued';
