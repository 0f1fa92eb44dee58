-- migrate:up
-- An intent whose call fails again and again rests (docs/gateway.md): how often its calls failed in a row, since when, and
-- until when it rests.
alter table intent add failures int not null default 0, add failed_since timestamptz, add rest_until timestamptz;
create index intent_resting on intent (tenant_id, rest_until) where rest_until is not null;
create index intent_done_of on intent (tenant_id, done_at) where done_at is not null;

-- The same rules as before, for intents that do not rest at this moment.
create function sendable_intent(
    tenant uuid, at timestamptz, in_progress text[], serial_in_progress text[], full_only text[], person_lane int
) returns setof intent language sql stable as $$
    select i.* from intent i
    where i.tenant_id = tenant and i.state = 'queued' and not i.id = any(in_progress)
    and (i.rest_until is null or i.rest_until <= at)
    and not i.batch_key = any(serial_in_progress)
    and not exists (select 1 from intent s where s.tenant_id = i.tenant_id and s.kind = i.kind
        and s.record_id = i.record_id and (s.state = 'sent'
            or s.state = 'queued' and (s.received_at, s.id) < (i.received_at, i.id)) offset 0)
    and not exists (select 1 from call k where k.tenant_id = i.tenant_id and k.serial_key = i.batch_key)
    and (i.lane = person_lane or not i.batch_key = any(full_only) or i.batch_limit <= (select count(*) from (
        select from intent q where q.tenant_id = i.tenant_id and q.batch_key = i.batch_key and q.state = 'queued'
        and (q.rest_until is null or q.rest_until <= at)
        and not q.id = any(in_progress) limit i.batch_limit) as others))
$$;

-- migrate:down
drop function sendable_intent(uuid, timestamptz, text[], text[], text[], int);
drop index intent_resting, intent_done_of;
alter table intent drop failures, drop failed_since, drop rest_until;
