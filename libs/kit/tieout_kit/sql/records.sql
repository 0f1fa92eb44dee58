-- name: lock
-- These records, locked in key order so that two writers never wait for each other in a ring.
select tenant_id, sequence, doc::text from record
where kind = $1 and (tenant_id, id) in (select * from unnest($2::uuid[], $3::uuid[]))
order by tenant_id, id for update;

-- name: lock_by_xero_id
-- The records behind these Xero ids, locked in key order.
select tenant_id, sequence, doc::text from record
where kind = $1 and (tenant_id, xero_id) in (select * from unnest($2::uuid[], $3::uuid[]))
order by tenant_id, id for update;

-- name: lock_unanswered
-- The intents that went out before a moment and were never answered, the longest waiting few of them.
select tenant_id, id, sequence, intent from record
where kind = $1 and in_flight_since < $2 and (tenant_id, id) in (
    select tenant_id, id from record where kind = $1 and in_flight_since < $2 order by in_flight_since limit 500)
order by tenant_id, id for update;

-- name: asked_again
-- Their turn comes again after all the others'.
update record set in_flight_since = $2
where kind = $1 and (tenant_id, id) in (select * from unnest($3::uuid[], $4::uuid[]));

-- name: save
-- New and changed records, each with what it became and why; one that somebody else has changed since it was read is
-- left alone, and so not counted. The intent that left last is kept with them; an edit meanwhile makes the wait for its
-- answer no shorter. One statement, since the documents are most of what Postgres reads.
with new as (
    select * from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[],
        $8::timestamptz[], $9::jsonb[], $10::text[], $11::jsonb[])
    as new(tenant_id, id, before, sequence, xero_id, held, in_flight_since, intent, traceparent, doc)
), saved as (
    insert into record (tenant_id, kind, id, sequence, xero_id, held, in_flight_since, intent, doc)
    select tenant_id, $1, id, sequence, xero_id, held, in_flight_since, intent, doc from new
    on conflict (tenant_id, kind, id) do update set
        sequence = excluded.sequence, xero_id = excluded.xero_id, held = excluded.held,
        in_flight_since = case when excluded.in_flight_since is null or excluded.intent is not null
            then excluded.in_flight_since else record.in_flight_since end,
        intent = coalesce(excluded.intent, record.intent), doc = excluded.doc
    -- Not correlated, so that the states are hashed once and not gone through for every record.
    where (record.tenant_id, record.id, record.sequence) in (select tenant_id, id, before from new)
    returning tenant_id, id
), remembered as (
    insert into change (tenant_id, kind, id, sequence, at, traceparent, doc)
    select tenant_id, $1, id, sequence, $12, traceparent, doc from new join saved using (tenant_id, id)
)
select count(*) from saved;

-- name: one
-- A record, as an API shows it.
select tenant_id, sequence, doc::text from record where kind = $1 and tenant_id = $2 and id = $3;

-- name: page
-- The records of a tenant after a cursor.
select tenant_id, sequence, doc::text from record
where kind = $1 and tenant_id = $2 and ($3::uuid is null or id > $3)
order by id limit $4;

-- name: changes
-- A record's story, first to last.
select sequence, at, traceparent, doc from change
where kind = $1 and tenant_id = $2 and id = $3 order by sequence;
