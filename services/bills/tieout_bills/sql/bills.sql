-- name: expect_vendors
-- A row for each vendor a bill names, so that the vendor's own event and the bill meet in a lock.
insert into vendor_link (tenant_id, vendor_id)
select * from unnest($1::uuid[], $2::uuid[]) on conflict do nothing;

-- name: vendor_xero_ids
-- Where these vendors are in Xero, if they are; locked, so that nobody links one while a bill is held for it.
select tenant_id, vendor_id, xero_id from vendor_link
where (tenant_id, vendor_id) in (select * from unnest($1::uuid[], $2::uuid[]))
order by tenant_id, vendor_id for share;

-- name: lock_links
-- A bill of Xero may wait for a vendor that has no row yet, so there is none to lock.
select pg_advisory_xact_lock(key) from (
    select distinct hashtextextended(tenant::text, 0) as key from unnest($1::uuid[]) as tenant order by key
) as ordered;

-- name: vendors_behind
-- The vendors behind these contacts of Xero.
select tenant_id, xero_id, vendor_id from vendor_link
where (tenant_id, xero_id) in (select * from unnest($1::uuid[], $2::uuid[]));

-- name: link_vendors
-- What the contacts service says of its vendors; an older event changes nothing.
insert into vendor_link (tenant_id, vendor_id, xero_id, sequence)
select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])
on conflict (tenant_id, vendor_id) do update set xero_id = excluded.xero_id, sequence = excluded.sequence
where vendor_link.sequence < excluded.sequence;

-- name: unlinked
-- Those of these bills of Xero that are none of ours, locked in key order.
select tenant_id, sequence, doc from unlinked_invoice
where (tenant_id, xero_id) in (select * from unnest($1::uuid[], $2::uuid[]))
order by tenant_id, xero_id for update;

-- name: keep_unlinked
-- Bills of Xero that wait or stay there, as last seen; an older snapshot changes nothing.
insert into unlinked_invoice (tenant_id, xero_id, sequence, contact_xero_id, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::jsonb[])
on conflict (tenant_id, xero_id) do update
set sequence = excluded.sequence, contact_xero_id = excluded.contact_xero_id, doc = excluded.doc
where unlinked_invoice.sequence < excluded.sequence;

-- name: forget_unlinked
-- They are linked now.
delete from unlinked_invoice where (tenant_id, xero_id) in (select * from unnest($1::uuid[], $2::uuid[]));

-- name: keep_reference
-- Accounts, tax rates and tracking categories, as last seen.
insert into reference (tenant_id, kind, id, sequence, doc)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::jsonb[])
on conflict (tenant_id, kind, id) do update set sequence = excluded.sequence, doc = excluded.doc
where reference.sequence < excluded.sequence;

-- name: reference
-- A tenant's reference data of one kind.
select doc from reference where tenant_id = $1 and kind = $2 order by id;
