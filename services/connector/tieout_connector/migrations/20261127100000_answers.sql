-- migrate:up
-- What readings of Xero wait for: `follows` is the kind of snapshot that an intent changes or makes, `target` the record
-- of Xero that it changes, null: it makes one. `tried`: a call of it was lost, and nobody has looked since.
alter table intent
    add follows text,
    add target uuid,
    add tried boolean not null default false;
create index intent_unanswered on intent (tenant_id, follows)
    where state = 'sent' or state = 'queued' and (tried or look_up);

-- By intent id: the fields in a call's bytes, and the sequence of the reading before it.
alter table call
    add sent jsonb not null default '{}',
    add seen jsonb not null default '{}';

-- Which effect of which record a record of Xero's was made for, and when. Without a kind it is of a version before, when
-- a record had one effect.
alter table snapshot
    add record_kind text,
    add effect text,
    add made_at timestamptz;
create index snapshot_of_record on snapshot (tenant_id, record_id, kind) where record_id is not null;

-- Intents that may leave now, by the conditions of every query that chooses: nothing else of its record is under way or
-- waits longer, no call of its unmarked kind is without answer, and this process has it not in hand. While a call of its
-- kind is under way (`companies`), one that no person waits for waits until it can go with as many as fit in a call.
-- `offset 0` keeps the search for older ones a look at an index for each intent, whatever the statistics say: made of
-- calmer days, they would have all of a surge compared with all of it.
create function may_leave(tenant uuid, in_hand text[], unmarked text[], companies text[]) returns setof intent
language sql stable as $$
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

-- migrate:down
drop function may_leave;
drop index snapshot_of_record, intent_unanswered;
alter table snapshot drop record_kind, drop effect, drop made_at;
alter table call drop sent, drop seen;
alter table intent drop follows, drop target, drop tried;
