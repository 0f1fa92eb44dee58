-- migrate:up
-- The intents that may be sent now. Every query that chooses intents uses this function:
-- * it is not in progress in this process (`in_progress`);
-- * no other intent of its record is sent, or was queued before it;
-- * if calls with its batch key must follow one another, no such call is in progress here (`serial_in_progress`) and none
--   is without an answer;
-- * if a call with its batch key is in progress here (`full_only`): enough intents are queued to fill another call, or a
--   person waits for it.
-- `offset 0` makes the search for older intents one index lookup for each intent. Without it, stale statistics make
-- Postgres compare all intents of a surge with each other.
create function sendable_intent(
    tenant uuid, in_progress text[], serial_in_progress text[], full_only text[], person_lane int
) returns setof intent language sql stable as $$
    select i.* from intent i
    where i.tenant_id = tenant and i.state = 'queued' and not i.id = any(in_progress)
    and not i.together = any(serial_in_progress)
    and not exists (select 1 from intent s where s.tenant_id = i.tenant_id and s.kind = i.kind
        and s.record_id = i.record_id and (s.state = 'sent'
            or s.state = 'queued' and (s.received_at, s.id) < (i.received_at, i.id)) offset 0)
    and not exists (select 1 from call k where k.tenant_id = i.tenant_id and k.unmarked = i.together)
    and (i.lane = person_lane or not i.together = any(full_only) or i.most <= (select count(*) from (
        select from intent q where q.tenant_id = i.tenant_id and q.together = i.together and q.state = 'queued'
        and not q.id = any(in_progress) limit i.most) as others))
$$;

-- The version before calls the function by its old name. Drop that name in a later release.
create or replace function may_leave(tenant uuid, in_hand text[], unmarked text[], companies text[])
returns setof intent language sql stable as $$
    select * from sendable_intent(tenant, in_hand, unmarked, companies, 0)
$$;

-- migrate:down
create or replace function may_leave(tenant uuid, in_hand text[], unmarked text[], companies text[])
returns setof intent language sql stable as $$
    select i.* from intent i
    where i.tenant_id = tenant and i.state = 'queued' and not i.id = any(in_hand) and not i.together = any(unmarked)
    and not exists (select 1 from intent s where s.tenant_id = i.tenant_id and s.kind = i.kind
        and s.record_id = i.record_id and (s.state = 'sent'
            or s.state = 'queued' and (s.received_at, s.id) < (i.received_at, i.id)) offset 0)
    and not exists (select 1 from call k where k.tenant_id = i.tenant_id and k.unmarked = i.together)
    and (i.lane = 0 or not i.together = any(companies) or i.most <= (select count(*) from (
        select from intent q where q.tenant_id = i.tenant_id and q.together = i.together and q.state = 'queued'
        and not q.id = any(in_hand) limit i.most) as others))
$$;
drop function sendable_intent;
