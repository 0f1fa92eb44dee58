-- migrate:up
create index intent_of_record on intent (tenant_id, record_id, received_at, id);
create index intent_ended on intent (tenant_id, (result ->> 'outcome'), received_at, id) where state = 'done';

-- migrate:down
drop index intent_of_record, intent_ended;
