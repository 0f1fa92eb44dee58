-- name: shown
-- Xero's time of change that the stored state of each of these records shows, and its type.
select s.tenant_id, s.kind, s.xero_id, s.shown_at, s.document_type
from unnest($tenant_ids::uuid[], $kinds::text[], $xero_ids::text[]) as asked(tenant_id, kind, xero_id)
join snapshot s using (tenant_id, kind, xero_id);

-- name: announced
-- Those of these records whose reads only webhooks ask for, and until when their announced changes were made. Locked in
-- key order, as requests are added.
select xero_id, changed_by from read_request
where tenant_id = $tenant_id and kind = $kind and xero_id = any($xero_ids::uuid[]) and changed_by is not null
order by xero_id for update;

-- name: forget
-- Deletes requests that are not needed any more.
delete from read_request where tenant_id = $tenant_id and kind = $kind and xero_id = any($xero_ids::uuid[]);
