-- name: receive
-- Accounts, tax rates and tracking categories, as last received; an older event changes nothing. Returns what changed.
insert into reference (tenant_id, kind, id, sequence, doc)
select * from unnest($tenant_ids::uuid[], $kinds::text[], $ids::text[], $sequences::bigint[], $docs::jsonb[])
on conflict (tenant_id, kind, id) do update set sequence = excluded.sequence, doc = excluded.doc
where reference.sequence < excluded.sequence and reference.doc <> excluded.doc
returning tenant_id, kind;

-- name: listed
-- A tenant's reference data of one kind.
select doc from reference where tenant_id = $tenant_id and kind = $kind order by id;

-- name: load
-- The reference data of these tenants and kinds.
select tenant_id, kind, doc::text from reference
where tenant_id = any($tenant_ids::uuid[]) and kind = any($kinds::text[]) order by tenant_id, kind, id;
