-- name: receive
-- Stores other services' records; an older event changes nothing. Returns each stored record as it was before, so that
-- the caller sees what changed.
with new as (
    select * from unnest(
        $tenant_ids::uuid[], $kinds::text[], $ids::uuid[], $sequences::bigint[], $xero_ids::uuid[], $docs::jsonb[])
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
-- The copies with these ids, and those that are linked to these records of Xero.
select tenant_id, kind, id, xero_id, doc::text from copy
where (tenant_id, kind, id) in (select * from unnest($tenant_ids::uuid[], $kinds::text[], $ids::uuid[]))
union
select tenant_id, kind, id, xero_id, doc::text from copy
where (tenant_id, kind, xero_id) in (
    select * from unnest($xero_tenant_ids::uuid[], $xero_kinds::text[], $xero_ids::uuid[]));
