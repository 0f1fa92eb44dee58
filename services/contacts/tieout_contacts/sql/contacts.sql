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

-- name: holders
-- The other contacts, here and only in Xero, that have this name or this account number.
select 'account_number' as field, true as here, doc::text from record
where tenant_id = $tenant_id and kind = 'contact' and id <> $id and $account_number <> ''
and lower(trim(doc ->> 'account_number')) = $account_number
union all
select 'account_number', false, doc::text from xero_only
where tenant_id = $tenant_id and kind = 'contact' and $account_number <> ''
and lower(trim(doc ->> 'account_number')) = $account_number
union all
select 'name', false, doc::text from xero_only
where tenant_id = $tenant_id and kind = 'contact' and match_key = $name;
