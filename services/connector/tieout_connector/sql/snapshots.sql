-- name: lock
-- What was last said of these records of Xero, locked in key order.
select xero_id, sequence, content, record_id, as_of from snapshot
where tenant_id = $1 and kind = $2 and xero_id = any($3::text[])
order by xero_id for update;

-- name: save
-- What is said of them now.
insert into snapshot (tenant_id, kind, xero_id, sequence, content, record_id, as_of)
select $1, $2, xero_id, sequence, content, record_id, $7
from unnest($3::text[], $4::bigint[], $5::bytea[], $6::uuid[]) as new(xero_id, sequence, content, record_id)
on conflict (tenant_id, kind, xero_id) do update set sequence = excluded.sequence, content = excluded.content,
    record_id = excluded.record_id, as_of = excluded.as_of;
