-- name: add
-- Requests reads of these records. `asked` counts the requests: a record that is requested again while it is being read
-- is read once more. `changed_by` stays only while none but webhooks request the record.
insert into read_request (tenant_id, kind, xero_id, due_at, causation_id, correlation_id, traceparent, named_by_xero,
    changed_by)
select * from unnest($tenant_ids::uuid[], $kinds::text[], $xero_ids::uuid[], $due_at::timestamptz[],
    $causation_ids::text[], $correlation_ids::text[], $traceparents::text[], $named_by_xero::boolean[],
    $changed_by::timestamptz[])
on conflict (tenant_id, kind, xero_id) do update set asked = read_request.asked + 1,
    due_at = least(read_request.due_at, excluded.due_at),
    named_by_xero = read_request.named_by_xero or excluded.named_by_xero,
    not_found = case when excluded.named_by_xero then 0 else read_request.not_found end,
    changed_by = case when read_request.changed_by is not null and excluded.changed_by is not null
        then greatest(read_request.changed_by, excluded.changed_by) end;

-- name: due
-- Due requests of the tenant, all of the kind that has been due longest: one call reads many records of one kind. Records
-- that were not found before are read on their own: one that is still missing may make Xero refuse the others.
with first as (
    select kind, not_found > 0 as missed from read_request
    where tenant_id = $tenant_id and due_at <= $now and not xero_id = any($claimed::uuid[])
    order by due_at limit 1)
select kind, xero_id, asked, causation_id, correlation_id, traceparent, named_by_xero, not_found, changed_by
from read_request
where tenant_id = $tenant_id and due_at <= $now and not xero_id = any($claimed::uuid[])
    and (kind, not_found > 0) = (select kind, missed from first)
order by due_at limit (
    select most.at_once from unnest($kinds::text[], $at_once::int[]) as most(kind, at_once) join first using (kind));

-- name: remove
-- Deletes requests whose records were read, unless they were requested again meanwhile.
delete from read_request r using unnest($xero_ids::uuid[], $asked::int[]) as read(xero_id, asked)
where r.tenant_id = $tenant_id and r.kind = $kind and r.xero_id = read.xero_id and r.asked = read.asked;

-- name: postpone
-- Makes these requests due at a later time.
update read_request set due_at = $at
where tenant_id = $tenant_id and kind = $kind and xero_id = any($xero_ids::uuid[]);

-- name: ask_again
-- Makes requests due later whose records were not found, unless they were requested again meanwhile.
update read_request r set due_at = missing.due_at, not_found = r.not_found + 1
from unnest($xero_ids::uuid[], $asked::int[], $due_at::timestamptz[]) as missing(xero_id, asked, due_at)
where r.tenant_id = $tenant_id and r.kind = $kind and r.xero_id = missing.xero_id and r.asked = missing.asked;

-- name: try_again
-- Makes a tenant's requests due that were put off, except those whose records were not found.
update read_request set due_at = $now where tenant_id = $tenant_id and due_at > $now and not_found = 0;
