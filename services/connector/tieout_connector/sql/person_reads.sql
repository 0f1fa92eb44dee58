-- name: ask
-- Somebody waits for this.
insert into person_read (tenant_id, id, kind, request, asked_at, deadline) values ($1, $2, $3, $4, $5, $6);

-- name: next
-- What a tenant's people wait for longest, and nobody reads yet.
select tenant_id, id, kind, request, asked_at, deadline from person_read
where tenant_id = $1 and deadline > $2 and records is null and failed is null and not id = any($3::uuid[])
order by asked_at, id limit 1;

-- name: answer
-- Who waits for it is told, when this commits.
update person_read set records = $3 where tenant_id = $1 and id = $2;

-- name: fail
-- It could not be read, and when it may be tried again.
update person_read set failed = $3, free_at = $4 where tenant_id = $1 and id = $2;

-- name: tell
-- Wakes those who wait for an answer, when the transaction commits.
select pg_notify('tieout_read', '');

-- name: outcome
-- What became of it.
select records, failed, free_at from person_read where tenant_id = $1 and id = $2;

-- name: drop
-- Nobody waits for it any more.
delete from person_read where tenant_id = $1 and id = $2;

-- name: purge
-- What nobody fetched: whoever waited for it is gone.
delete from person_read where (tenant_id, id) in (
    select tenant_id, id from person_read where deadline < $1 limit 100 for update skip locked);

-- name: records
-- Our records behind these of Xero's.
select xero_id, record_id from snapshot
where tenant_id = $1 and kind = $2 and xero_id = any($3::text[]) and record_id is not null;
