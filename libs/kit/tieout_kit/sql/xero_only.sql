-- name: load
-- Records of Xero that are linked to none of ours: by Xero's id, and by match key. Locked in key order: otherwise a
-- record that is checked again could overwrite a snapshot that arrived meanwhile.
with wanted as (
    select tenant_id, xero_id from unnest($tenant_ids::uuid[], $xero_ids::uuid[]) as by_id(tenant_id, xero_id)
    union
    select x.tenant_id, x.xero_id
    from unnest($match_tenant_ids::uuid[], $match_keys::text[]) as by_key(tenant_id, match_key)
    join xero_only x on x.kind = $kind and x.tenant_id = by_key.tenant_id and x.match_key = by_key.match_key
)
select tenant_id, sequence, former, names, has_problem, doc::text from xero_only
where kind = $kind and (tenant_id, xero_id) in (select * from wanted)
order by tenant_id, xero_id for update;

-- name: save
-- Stores these records of Xero as last seen.
insert into xero_only (tenant_id, kind, xero_id, sequence, match_key, former, names, has_problem, doc)
select tenant_id, $kind, xero_id, sequence, match_key, former, string_to_array(names, chr(31)), has_problem, doc
from unnest($tenant_ids::uuid[], $xero_ids::uuid[], $sequences::bigint[], $match_keys::text[], $formers::uuid[],
    $names::text[], $has_problems::bool[], $docs::jsonb[])
    as new(tenant_id, xero_id, sequence, match_key, former, names, has_problem, doc)
on conflict (tenant_id, kind, xero_id) do update set
    sequence = excluded.sequence, match_key = excluded.match_key, former = excluded.former, names = excluded.names,
    has_problem = excluded.has_problem, doc = excluded.doc;

-- name: forget
-- These records of Xero are linked now.
delete from xero_only
where kind = $kind and (tenant_id, xero_id) in (select * from unnest($tenant_ids::uuid[], $xero_ids::uuid[]));
