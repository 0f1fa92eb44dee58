-- name: open_of
-- The problems of these records that are not closed, locked in key order.
select tenant_id, record_id, sequence, doc from problem
where record_kind = $1 and (tenant_id, record_id) in (select * from unnest($2::uuid[], $3::uuid[]))
and state <> 'closed' and not copied
order by tenant_id, id for update;

-- name: lock
-- These problems, if they are our own and open, locked in key order.
select tenant_id, sequence, doc from problem
where tenant_id = $1 and id = any($2::uuid[]) and state = 'open' and not copied
order by id for update;

-- name: save
-- Problems opened, seen again, dismissed or closed; in this order, since a record has each of them open only once.
insert into problem (tenant_id, id, sequence, record_kind, record_id, service, code, what, cause, setting, state,
    opened_at, settings_version, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::int[], $14::jsonb[])
on conflict (tenant_id, id) do update set
    sequence = excluded.sequence, state = excluded.state, settings_version = excluded.settings_version,
    doc = excluded.doc;

-- name: copy
-- What other services say of their problems; an older event changes nothing.
insert into problem (tenant_id, id, sequence, record_kind, record_id, service, code, what, cause, setting, state,
    opened_at, settings_version, doc, copied)
select *, true from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::int[], $14::jsonb[])
on conflict (tenant_id, id) do update set
    sequence = excluded.sequence, state = excluded.state, settings_version = excluded.settings_version,
    doc = excluded.doc
where problem.sequence < excluded.sequence;

-- name: one
-- A problem.
select copied, doc from problem where tenant_id = $1 and id = $2;

-- name: page
-- A tenant's problems, oldest first, after a cursor.
select doc from problem
where tenant_id = $1 and ($2::text is null or state = $2) and ($3::text is null or service = $3)
and ($4::text is null or code = $4) and ($5::text is null or cause = $5) and ($6::uuid is null or record_id = $6)
and ($7::timestamptz is null or opened_at >= $7) and ($8::timestamptz is null or opened_at < $8)
and ($9::uuid is null or place > (select place from problem where tenant_id = $1 and id = $9))
order by place limit $10;

-- name: groups
-- A tenant's open problems by what caused them, after a cursor.
select cause, service, count(*) as count, min(opened_at) as first_at, max((doc ->> 'last_at')::timestamptz) as last_at,
    (array_agg(doc order by place))[1] as example
from problem
where tenant_id = $1 and state = 'open' and ($2::text is null or service = $2) and ($3::text is null or cause > $3)
group by cause, service order by cause, service limit $4;

-- name: open_count
-- How many problems a tenant has open.
select count(*) from problem where tenant_id = $1 and state = 'open';

-- name: open_by_setting
-- How many records wait for a setting, by service; dismissed ones wait, too.
select setting, service, count(*) as count from problem
where tenant_id = $1 and state <> 'closed' and setting is not null group by setting, service;

-- name: closed_with
-- How many problems that wait for a setting closed by a decision that was made with each of these versions.
select settings_version, setting, count(*) as count from problem
where tenant_id = $1 and settings_version = any($2::int[]) and state = 'closed' and setting is not null
group by settings_version, setting;
