-- name: count
-- How many records of these kinds are in a range of dates: those that are not in Xero yet, and those that are. A record
-- without a date is in every range.
select asked.kind, count(r.id) filter (where r.xero_id is null) as open,
    count(r.id) filter (where r.xero_id is not null) as known
from unnest($kinds::text[]) with ordinality as asked(kind, place)
left join record r on r.tenant_id = $tenant_id and r.kind = asked.kind and (r.doc ->> 'date' is null
    or r.doc ->> 'date' >= $first and ($last::text is null or r.doc ->> 'date' <= $last))
group by asked.kind, asked.place order by asked.place;

-- name: add
-- Stores a new export. Nothing is stored while another export of the tenant runs.
insert into history_export (id, tenant_id, state, started_at, from_date, to_date, doc)
values ($id, $tenant_id, 'running', $now, $first, $last, $doc) on conflict do nothing;

-- name: running
-- The export of a tenant that runs, if any.
select doc::text from history_export where tenant_id = $tenant_id and state = 'running';

-- name: lock
-- One export, locked because it is about to change.
select doc::text from history_export where tenant_id = $tenant_id and id = $id for update;

-- name: save
-- The new state of an export.
update history_export set state = $state, doc = $doc where tenant_id = $tenant_id and id = $id;

-- name: stop
-- Ends the sweeps of an export. A page that is being processed is waited for.
delete from sweep where tenant_id = $tenant_id and scope = 'export' and key = any($keys::text[]);

-- name: one
-- One export.
select doc::text from history_export where tenant_id = $tenant_id and id = $id;

-- name: page
-- The exports of a tenant, the newest first.
select doc::text from history_export where tenant_id = $tenant_id order by started_at desc, id limit $limit;

-- name: states
-- How these records stand to Xero now.
select doc -> 'sync' ->> 'state' as state from record
where tenant_id = $tenant_id and kind = $kind and id = any($ids::uuid[]);
