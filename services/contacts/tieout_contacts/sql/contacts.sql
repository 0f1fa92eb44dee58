-- name: classify
-- Stores the roles that documents give to contacts. Returns the contacts that did not have the role before.
insert into classified (tenant_id, xero_id, vendor, customer)
select tenant_id, xero_id, bool_or(role = 'vendor'), bool_or(role = 'customer')
from unnest($tenant_ids::uuid[], $xero_ids::uuid[], $roles::text[]) as of_document(tenant_id, xero_id, role) group by tenant_id, xero_id
on conflict (tenant_id, xero_id) do update
set vendor = classified.vendor or excluded.vendor, customer = classified.customer or excluded.customer
where excluded.vendor > classified.vendor or excluded.customer > classified.customer
returning tenant_id, xero_id;

-- name: classified
-- The roles that documents gave to these contacts.
select tenant_id, xero_id, vendor, customer from classified
where (tenant_id, xero_id) in (select * from unnest($tenant_ids::uuid[], $xero_ids::uuid[]));
