-- name: add
-- Go over the problems with these causes, if there are any.
insert into sweep (tenant_id, cause, action, asked_by, causation_id, correlation_id, traceparent)
select tenant_id, cause, $1, $2, causation_id, correlation_id, traceparent
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
    as asked(tenant_id, cause, causation_id, correlation_id, traceparent)
where exists (select 1 from problem p
    where p.tenant_id = asked.tenant_id and p.cause = asked.cause and p.state <> 'closed' and not p.copied);

-- name: wake
-- Tells the sweeper that there is something, when the transaction commits.
select pg_notify('tieout_sweep', '');

-- name: next
-- The sweep whose turn it is; each has a turn before one has its second, so a small one never waits for a large one.
-- One that another process is at is passed over.
select id, tenant_id, cause, action, asked_by, causation_id, correlation_id, traceparent, after_place from sweep
order by turns, id limit 1 for update skip locked;

-- name: swept
-- The next problems of a sweep, in the order in which they opened. Not locked: their records come first.
select id, record_kind, record_id, place from problem
where tenant_id = $1 and cause = $2 and state <> 'closed' and not copied and place > $3
order by place limit $4;

-- name: went_on
-- How far it is.
update sweep set turns = turns + 1, after_place = $2 where id = $1;

-- name: done
-- It is through.
delete from sweep where id = $1;

-- name: backlog
-- How many events the outbox holds, as far as that matters.
select count(*) from (select 1 from outbox limit $1) as rows;
