-- name: receive
-- Accounts, tax rates and tracking categories, as last seen; an older event changes nothing.
insert into reference (tenant_id, kind, id, sequence, doc)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[])
on conflict (tenant_id, kind, id) do update set sequence = excluded.sequence, doc = excluded.doc
where reference.sequence < excluded.sequence and reference.doc <> excluded.doc
returning tenant_id, kind;

-- name: listed
-- A tenant's reference data of one kind.
select doc from reference where tenant_id = $1 and kind = $2 order by id;

-- name: load
-- The reference data of these kinds.
select tenant_id, kind, doc::text from reference
where tenant_id = any($1::uuid[]) and kind = any($2::text[]) order by tenant_id, kind, id;
