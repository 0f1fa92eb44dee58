-- name: add
-- Adds sweeps, except those that would find nothing.
insert into sweep (tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent)
select tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent
from unnest($tenant_ids::uuid[], $scopes::text[], $keys::text[], $actions::text[], $asked_by::text[],
    $causation_ids::text[], $correlation_ids::text[], $traceparents::text[])
    as asked(tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent)
where case scope
    when 'reference' then exists (select from refers r where r.tenant_id = asked.tenant_id and r.reference = key)
    when 'kind' then exists (select from record r where r.tenant_id = asked.tenant_id and r.kind = key)
    when 'export' then true
    else exists (select from problem p
        where p.tenant_id = asked.tenant_id and p.cause = key and p.state <> 'closed' and not p.copied)
end;

-- name: add_for_moments
-- Adds a sweep for each moment that has come and that records wait for. A record that was checked no longer names the
-- moment.
insert into sweep (tenant_id, scope, key, action, causation_id, correlation_id)
select distinct tenant_id, 'reference', reference, 'check', reference, reference from refers r
where reference like 'moment:%' and reference <= $now
and not exists (select from sweep s where s.tenant_id = r.tenant_id and s.key = r.reference);

-- name: wake
-- Notifies the sweeper when the transaction commits.
select pg_notify('tieout_sweep', '');

-- name: next
-- The sweeps whose turn it is. Each sweep gets a page before any gets its second, so that a small one never waits for a
-- large one, and many small ones share a page. Sweeps that another process works on are skipped. An export waits while
-- as many of the tenant's records as it adds at once have no answer yet: what somebody changes now comes before it.
select id, tenant_id, scope, key, action, asked_by, causation_id, correlation_id, traceparent
from sweep s
where scope <> 'export' or (select count(*) from (select from record r
    where r.tenant_id = s.tenant_id and r.in_flight_since is not null limit $limit) as unanswered) < $limit
order by turns, id limit $limit for update skip locked;

-- name: page
-- The next records or problems of these sweeps, sweep by sweep, those that have waited longest first. Not locked: the
-- records are locked later, in their own order.
select s.id as sweep, found.kind, found.id, found.place, found.problem
from unnest($ids::bigint[]) with ordinality as picked(id, turn)
join sweep s using (id)
cross join lateral (
    (select r.kind, r.id, r.place, null::uuid as problem from refers r
     where s.scope = 'reference' and r.tenant_id = s.tenant_id and r.reference = s.key and r.place > s.after_place
     order by r.place limit $limit)
    union all
    (select r.kind, r.id, 0, null from record r
     where s.scope = 'kind' and r.tenant_id = s.tenant_id and r.kind = s.key and r.id > s.after_id
     order by r.id limit $limit)
    union all
    (select r.kind, r.id, 0, null from history_export e join record r on r.tenant_id = s.tenant_id
        and r.kind = split_part(s.key, ':', 2) and r.xero_id is null and r.id > s.after_id
        and (r.doc ->> 'date' is null or r.doc ->> 'date' >= to_char(e.from_date, 'YYYY-MM-DD')
            and (e.to_date is null or r.doc ->> 'date' <= to_char(e.to_date, 'YYYY-MM-DD')))
     where s.scope = 'export' and e.tenant_id = s.tenant_id and e.id::text = split_part(s.key, ':', 1)
     order by r.id limit $limit)
    union all
    (select p.record_kind, p.record_id, p.place, p.id from problem p
     where s.scope = 'cause' and p.tenant_id = s.tenant_id and p.cause = s.key and p.state <> 'closed'
        and not p.copied and p.place > s.after_place
     order by p.place limit $limit)
) as found
order by picked.turn, found.place, found.id limit $limit;

-- name: advance
-- Where the next page of a sweep begins.
update sweep set turns = turns + 1, after_place = $after_place, after_id = $after_id where id = $id;

-- name: finish
-- These sweeps have reached their end.
delete from sweep where id = any($ids::bigint[]);

-- name: backlog
-- How many events the outbox holds, counted up to a limit.
select count(*) from (select 1 from outbox limit $limit) as rows;
