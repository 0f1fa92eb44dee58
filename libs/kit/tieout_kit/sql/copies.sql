-- name: receive
-- Other services' records; an older event changes nothing. What each was before, to see what changed.
with new as (
    select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::uuid[], $6::jsonb[])
    as new(tenant_id, kind, id, sequence, xero_id, doc)
), old as (
    select tenant_id, kind, id, doc from copy where (tenant_id, kind, id) in (select tenant_id, kind, id from new)
), stored as (
    insert into copy (tenant_id, kind, id, sequence, xero_id, doc) select * from new
    on conflict (tenant_id, kind, id) do update
    set sequence = excluded.sequence, xero_id = excluded.xero_id, doc = excluded.doc
    where copy.sequence < excluded.sequence
    returning tenant_id, kind, id
)
select stored.tenant_id, stored.kind, stored.id, old.doc::text as before
from stored left join old using (tenant_id, kind, id);

-- name: load
-- The copies of these records, and those that are linked to these records of Xero.
select tenant_id, kind, id, xero_id, doc::text from copy
where (tenant_id, kind, id) in (select * from unnest($1::uuid[], $2::text[], $3::uuid[]))
union
select tenant_id, kind, id, xero_id, doc::text from copy
where (tenant_id, kind, xero_id) in (select * from unnest($4::uuid[], $5::text[], $6::uuid[]));
