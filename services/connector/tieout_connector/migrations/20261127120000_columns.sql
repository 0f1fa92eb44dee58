-- contract: the version before reads and writes these columns by their old names
-- migrate:up
alter table intent rename column together to batch_key;
alter table intent rename column most to batch_limit;
alter table intent rename column said_at to published_at;
alter table call rename column unmarked to serial_key;
alter index intent_together rename to intent_batch_key;
alter table home rename column mark to identity;

-- Only the version before calls it.
drop function may_leave;

-- As before, by the new names.
create or replace function sendable_intent(
    tenant uuid, in_progress text[], serial_in_progress text[], full_only text[], person_lane int
) returns setof intent language sql stable as $$
    select i.* from intent i
    where i.tenant_id = tenant and i.state = 'queued' and not i.id = any(in_progress)
    and not i.batch_key = any(serial_in_progress)
    and not exists (select 1 from intent s where s.tenant_id = i.tenant_id and s.kind = i.kind
        and s.record_id = i.record_id and (s.state = 'sent'
            or s.state = 'queued' and (s.received_at, s.id) < (i.received_at, i.id)) offset 0)
    and not exists (select 1 from call k where k.tenant_id = i.tenant_id and k.serial_key = i.batch_key)
    and (i.lane = person_lane or not i.batch_key = any(full_only) or i.batch_limit <= (select count(*) from (
        select from intent q where q.tenant_id = i.tenant_id and q.batch_key = i.batch_key and q.state = 'queued'
        and not q.id = any(in_progress) limit i.batch_limit) as others))
$$;

-- migrate:down
alter table home rename column identity to mark;
alter index intent_batch_key rename to intent_together;
alter table call rename column serial_key to unmarked;
alter table intent rename column published_at to said_at;
alter table intent rename column batch_limit to most;
alter table intent rename column batch_key to together;
create or replace function sendable_intent(
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
create function may_leave(tenant uuid, in_hand text[], unmarked text[], companies text[])
returns setof intent language sql stable as $$
    select * from sendable_intent(tenant, in_hand, unmarked, companies, 0)
$$;
