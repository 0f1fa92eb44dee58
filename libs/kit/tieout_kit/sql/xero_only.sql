-- name: load
-- Records of Xero that none of ours is linked to: by Xero's id, and by what they may be matched by. Locked in key order,
-- or one that is checked again would be stored over what was seen of it meanwhile.
with wanted as (
    select tenant_id, xero_id from unnest($2::uuid[], $3::uuid[]) as by_id(tenant_id, xero_id)
    union
    select x.tenant_id, x.xero_id from unnest($4::uuid[], $5::text[]) as by_key(tenant_id, match_key)
    join xero_only x on x.kind = $1 and x.tenant_id = by_key.tenant_id and x.match_key = by_key.match_key
)
select tenant_id, sequence, former, names, told, doc::text from xero_only
where kind = $1 and (tenant_id, xero_id) in (select * from wanted)
order by tenant_id, xero_id for update;

-- name: save
-- As last seen.
insert into xero_only (tenant_id, kind, xero_id, sequence, match_key, former, names, told, doc)
select tenant_id, $1, xero_id, sequence, match_key, former, string_to_array(names, chr(31)), told, doc
from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[], $6::uuid[], $7::text[], $8::bool[], $9::jsonb[])
    as new(tenant_id, xero_id, sequence, match_key, former, names, told, doc)
on conflict (tenant_id, kind, xero_id) do update set
    sequence = excluded.sequence, match_key = excluded.match_key, former = excluded.former, names = excluded.names,
    told = excluded.told, doc = excluded.doc;

-- name: forget
-- They are linked now.
delete from xero_only where kind = $1 and (tenant_id, xero_id) in (select * from unnest($2::uuid[], $3::uuid[]));
