-- name: keep
-- Keeps what these records are like, because a list says no more of a record that has gone than that it is not there.
update snapshot s set doc = new.doc from unnest($xero_ids::text[], $docs::jsonb[]) as new(xero_id, doc)
where s.tenant_id = $tenant_id and s.kind = $kind and s.xero_id = new.xero_id and s.doc is distinct from new.doc;

-- name: gone
-- The active records of a kind that are not among those that a complete list shows; locked, since they are about to change.
select doc from snapshot
where tenant_id = $tenant_id and kind = $kind and doc ->> 'active' = 'true' and not xero_id = any($shown::text[])
order by xero_id for update;
