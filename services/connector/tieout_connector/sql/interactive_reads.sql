-- name: add
-- A read that a person waits for.
insert into person_read (tenant_id, id, kind, request, asked_at, deadline)
values ($tenant_id, $id, $kind, $request, $now, $deadline);

-- name: next_waiting
-- The tenant's oldest read that has no answer yet and that no call is under way for.
select tenant_id, id, kind, request, asked_at, deadline from person_read
where tenant_id = $tenant_id and deadline > $now and records is null and failed is null
    and not id = any($claimed::uuid[])
order by asked_at, id limit 1;

-- name: store_answer
-- The records that Xero answered.
update person_read set records = $records where tenant_id = $tenant_id and id = $id;

-- name: store_failure
-- Why the read failed, and when it may be tried again.
update person_read set failed = $reason, free_at = $free_at where tenant_id = $tenant_id and id = $id;

-- name: notify
-- Wakes the processes that wait for an answer, when this transaction commits.
select pg_notify('tieout_read', '');

-- name: result
-- The answer or the failure of a read.
select records, failed, free_at from person_read where tenant_id = $tenant_id and id = $id;

-- name: remove
-- Deletes a read that nobody waits for any more.
delete from person_read where tenant_id = $tenant_id and id = $id;

-- name: purge
-- Deletes reads whose answer nobody fetched, because the process that waited has died.
delete from person_read where (tenant_id, id) in (
    select tenant_id, id from person_read where deadline < $before limit 100 for update skip locked);

-- name: record_ids
-- The ids of our records that are linked to these records of Xero.
select xero_id, record_id from snapshot
where tenant_id = $tenant_id and kind = $kind and xero_id = any($xero_ids::text[]) and record_id is not null;
