-- name: open_of
-- The problems of these records that are not closed, locked in key order.
select tenant_id, record_id, sequence, doc from problem
where record_kind = $kind and (tenant_id, record_id) in (select * from unnest($tenant_ids::uuid[], $record_ids::uuid[]))
and state <> 'closed' and not copied
order by tenant_id, id for update;

-- name: with_open_problems
-- A tenant's records of a kind that have problems of this service which are not closed.
select distinct record_id from problem
where tenant_id = $tenant_id and record_kind = $kind and state <> 'closed' and not copied order by record_id;

-- name: lock
-- Those of these problems that are open and this service's own, locked in key order.
select tenant_id, sequence, doc from problem
where tenant_id = $tenant_id and id = any($ids::uuid[]) and state = 'open' and not copied
order by id for update;

-- name: save
-- Problems opened, seen again, dismissed or closed. The order of the arrays counts: a record has each problem open only
-- once, so the old one is closed before a new one is opened.
insert into problem (tenant_id, id, sequence, record_kind, record_id, service, code, problem_kind, cause, setting,
    state, opened_at, settings_version, doc)
select * from unnest($tenant_ids::uuid[], $ids::uuid[], $sequences::bigint[], $record_kinds::text[],
    $record_ids::uuid[], $services::text[], $codes::text[], $kinds::text[], $causes::text[], $settings::text[],
    $states::text[], $opened_at::timestamptz[], $settings_versions::int[], $docs::jsonb[])
on conflict (tenant_id, id) do update set
    sequence = excluded.sequence, state = excluded.state, settings_version = excluded.settings_version,
    doc = excluded.doc;

-- name: copy
-- Other services' problems, as published; an older event changes nothing.
insert into problem (tenant_id, id, sequence, record_kind, record_id, service, code, problem_kind, cause, setting,
    state, opened_at, settings_version, doc, copied)
select *, true from unnest($tenant_ids::uuid[], $ids::uuid[], $sequences::bigint[], $record_kinds::text[],
    $record_ids::uuid[], $services::text[], $codes::text[], $kinds::text[], $causes::text[], $settings::text[],
    $states::text[], $opened_at::timestamptz[], $settings_versions::int[], $docs::jsonb[])
on conflict (tenant_id, id) do update set
    sequence = excluded.sequence, state = excluded.state, settings_version = excluded.settings_version,
    doc = excluded.doc
where problem.sequence < excluded.sequence;

-- name: one
-- A problem.
select copied, doc from problem where tenant_id = $tenant_id and id = $id;

-- name: page
-- A tenant's problems, oldest first, after a cursor.
select tenant_id, doc from problem
where tenant_id = $tenant_id and ($state::text is null or state = $state)
and ($service::text is null or service = $service) and ($code::text is null or code = $code)
and ($cause::text is null or cause = $cause) and ($record_id::uuid is null or record_id = $record_id)
and ($since::timestamptz is null or opened_at >= $since) and ($before::timestamptz is null or opened_at < $before)
and ($after::uuid is null or place > (select place from problem where tenant_id = $tenant_id and id = $after))
order by place limit $limit;

-- name: groups
-- A tenant's open problems grouped by cause, after a cursor.
select tenant_id, cause, service, count(*) as count, min(opened_at) as first_at, max((doc ->> 'last_at')::timestamptz) as last_at,
    (array_agg(doc order by place))[1] as example
from problem
where tenant_id = $tenant_id and state = 'open' and ($service::text is null or service = $service)
and ($after::text is null or cause > $after)
group by tenant_id, cause, service order by cause, service limit $limit;

-- name: open_count
-- How many problems a tenant has open.
select count(*) from problem where tenant_id = $tenant_id and state = 'open';

-- name: open_by_setting
-- How many records wait for each setting, by service. Records whose problem was dismissed wait too.
select setting, service, count(*) as count from problem
where tenant_id = $tenant_id and state <> 'closed' and setting is not null group by setting, service;

-- name: closed_with
-- How many problems about a setting were closed by a decision that was made with each of these settings versions.
select settings_version, setting, count(*) as count from problem
where tenant_id = $tenant_id and settings_version = any($versions::int[]) and state = 'closed' and setting is not null
group by settings_version, setting;
