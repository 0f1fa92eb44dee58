-- name: add
-- Go over what these name, if there is anything.
insert into sweep (tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent)
select tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    as asked(tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent)
where case scope
    when 'reference' then exists (select from refers r where r.tenant_id = asked.tenant_id and r.reference = key)
    when 'kind' then exists (select from record r where r.tenant_id = asked.tenant_id and r.kind = key)
    else exists (select from problem p
        where p.tenant_id = asked.tenant_id and p.cause = key and p.state <> 'closed' and not p.copied)
end;

-- name: add_for_moments
-- What waits for a moment that has come is gone over. Checked, it names that moment no more.
insert into sweep (tenant_id, scope, key, action, causation_id, correlation_id)
select distinct tenant_id, 'reference', reference, 'check', reference, reference from refers r
where reference like 'moment:%' and reference <= $1
and not exists (select from sweep s where s.tenant_id = r.tenant_id and s.key = r.reference);

-- name: wake
-- Tells the sweeper that there is something, when the transaction commits.
select pg_notify('tieout_sweep', '');

-- name: next
-- The sweeps whose turn it is. Each has a turn before one has its second, so a small one never waits for a large one,
-- and many small ones go together. What another process is at is passed over.
select id, tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent
from sweep order by turns, id limit $1 for update skip locked;

-- name: page
-- The next things of these sweeps, sweep by sweep; those that began to wait first first. Not locked: records are,
-- later, in their own order.
select s.id as sweep, found.kind, found.id, found.place, found.problem
from unnest($1::bigint[]) with ordinality as picked(id, turn)
join sweep s using (id)
cross join lateral (
    (select r.kind, r.id, r.place, null::uuid as problem from refers r
     where s.scope = 'reference' and r.tenant_id = s.tenant_id and r.reference = s.key and r.place > s.after_place
     order by r.place limit $2)
    union all
    (select r.kind, r.id, 0, null from record r
     where s.scope = 'kind' and r.tenant_id = s.tenant_id and r.kind = s.key and r.id > s.after_id
     order by r.id limit $2)
    union all
    (select p.record_kind, p.record_id, p.place, p.id from problem p
     where s.scope = 'cause' and p.tenant_id = s.tenant_id and p.cause = s.key and p.state <> 'closed'
        and not p.copied and p.place > s.after_place
     order by p.place limit $2)
) as found
order by picked.turn, found.place, found.id limit $2;

-- name: advance
-- How far one is.
update sweep set turns = turns + 1, after_place = $2, after_id = $3 where id = $1;

-- name: finish
-- These are through.
delete from sweep where id = any($1::bigint[]);

-- name: backlog
-- How many events the outbox holds, as far as that matters.
select count(*) from (select 1 from outbox limit $1) as rows;
