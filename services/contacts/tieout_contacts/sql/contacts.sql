-- name: lock_names
-- Names of a tenant are matched by one transaction at a time, so that a PUT and an event of one name see each other.
select pg_advisory_xact_lock(key) from (
    select distinct hashtextextended(tenant::text, 0) as key from unnest($1::uuid[]) as tenant order by key
) as ordered;

-- name: keep_contacts
-- Contacts of Xero as last seen; an older snapshot changes nothing.
insert into xero_contact (tenant_id, xero_id, sequence, name_key, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::jsonb[])
on conflict (tenant_id, xero_id) do update
set sequence = excluded.sequence, name_key = excluded.name_key, doc = excluded.doc
where xero_contact.sequence < excluded.sequence;

-- name: classify
-- A bill makes these contacts vendors, whether they were seen yet or not; those that were none before.
insert into xero_contact (tenant_id, xero_id, vendor)
select tenant_id, xero_id, true from unnest($1::uuid[], $2::uuid[]) as of_bill(tenant_id, xero_id)
on conflict (tenant_id, xero_id) do update set vendor = true where not xero_contact.vendor
returning tenant_id, xero_id;

-- name: unlinked
-- Those of these contacts that were seen and are no vendor's.
select c.tenant_id, c.sequence, c.vendor, c.doc from xero_contact c
where (c.tenant_id, c.xero_id) in (select * from unnest($1::uuid[], $2::uuid[])) and c.doc is not null
and not exists (
    select from record r where r.tenant_id = c.tenant_id and r.kind = 'vendor' and r.xero_id = c.xero_id)
order by c.tenant_id, c.xero_id;

-- name: unlinked_named
-- The contacts that bear these names and are no vendor's.
select c.tenant_id, c.sequence, c.vendor, c.doc from xero_contact c
where (c.tenant_id, c.name_key) in (select * from unnest($1::uuid[], $2::text[])) and c.doc is not null
and not exists (
    select from record r where r.tenant_id = c.tenant_id and r.kind = 'vendor' and r.xero_id = c.xero_id)
order by c.tenant_id, c.xero_id;

-- name: keep_names
-- The names of vendors, as they are compared.
insert into vendor_name (tenant_id, vendor_id, name_key)
select * from unnest($1::uuid[], $2::uuid[], $3::text[])
on conflict (tenant_id, vendor_id) do update set name_key = excluded.name_key
where vendor_name.name_key <> excluded.name_key;

-- name: names
-- What these vendors are called, as it is compared.
select tenant_id, name_key from vendor_name
where (tenant_id, vendor_id) in (select * from unnest($1::uuid[], $2::uuid[]));

-- name: vendors_named
-- The vendors that bear these names.
select tenant_id, name_key, vendor_id from vendor_name
where (tenant_id, name_key) in (select * from unnest($1::uuid[], $2::text[]))
order by tenant_id, name_key, vendor_id;
