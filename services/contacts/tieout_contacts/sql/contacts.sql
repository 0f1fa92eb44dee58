-- name: classify
-- Documents make these contacts vendors; those that were none before.
insert into classified (tenant_id, xero_id, vendor)
select distinct tenant_id, xero_id, true from unnest($1::uuid[], $2::uuid[]) as of_document(tenant_id, xero_id)
on conflict (tenant_id, xero_id) do update set vendor = true where not classified.vendor
returning tenant_id, xero_id;

-- name: classified
-- What documents made of these contacts.
select tenant_id, xero_id, vendor from classified
where (tenant_id, xero_id) in (select * from unnest($1::uuid[], $2::uuid[]));
