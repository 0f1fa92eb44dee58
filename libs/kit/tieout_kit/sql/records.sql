-- name: lock
-- These records: by id, by Xero's id, and by what they may be matched by. Locked in key order.
with wanted as (
    select tenant_id, id from unnest($2::uuid[], $3::uuid[]) as by_id(tenant_id, id)
    union
    select r.tenant_id, r.id from unnest($4::uuid[], $5::uuid[]) as by_xero_id(tenant_id, xero_id)
    join record r on r.kind = $1 and r.tenant_id = by_xero_id.tenant_id and r.xero_id = by_xero_id.xero_id
    union
    select r.tenant_id, r.id from unnest($6::uuid[], $7::text[]) as by_key(tenant_id, match_key)
    join record r on r.kind = $1 and r.tenant_id = by_key.tenant_id and r.match_key = by_key.match_key
)
select tenant_id, sequence, doc::text, state::text, seen_sequence, seen::text from record
where kind = $1 and (tenant_id, id) in (select * from wanted)
order by tenant_id, id for update;

-- name: lock_unanswered
-- The records whose intents went out before a moment and were never answered, the longest waiting few of them. Those
-- that somebody is at are left for the next time: no tenant is locked, so waiting for them could be in a ring.
select tenant_id, sequence, doc::text, state::text, seen_sequence, seen::text from record
where kind = $1 and in_flight_since < $2 and (tenant_id, id) in (
    select tenant_id, id from record where kind = $1 and in_flight_since < $2 order by in_flight_since limit 500)
order by tenant_id, id for update skip locked;

-- name: mark_resent
-- Their turn comes again after all the others'.
update record set in_flight_since = $2
where kind = $1 and (tenant_id, id) in (select * from unnest($3::uuid[], $4::uuid[]));

-- name: save
-- New and changed records; what was published is remembered with what it became and why. One that somebody else has
-- made since it was read is left alone, and so not counted. One statement, since the documents are most of what
-- Postgres reads.
with new as (
    select * from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::timestamptz[],
        $9::jsonb[], $10::jsonb[], $11::bigint[], $12::jsonb[], $13::text[], $14::jsonb[])
    as new(tenant_id, id, before, sequence, xero_id, match_key, in_flight_since, doc, state, seen_sequence, seen,
        traceparent, lost)
), saved as (
    insert into record (tenant_id, kind, id, sequence, xero_id, match_key, in_flight_since, doc, state, seen_sequence, seen)
    select tenant_id, $1, id, sequence, xero_id, match_key, in_flight_since, doc, state, seen_sequence, seen from new
    on conflict (tenant_id, kind, id) do update set
        sequence = excluded.sequence, xero_id = excluded.xero_id, match_key = excluded.match_key,
        -- The later one: it may have been sent again since.
        in_flight_since = case when excluded.in_flight_since is not null
            then greatest(record.in_flight_since, excluded.in_flight_since) end,
        doc = excluded.doc, state = excluded.state, seen_sequence = excluded.seen_sequence, seen = excluded.seen
    -- Not correlated, so that the states are hashed once and not gone through for every record.
    where (record.tenant_id, record.id, record.sequence) in (select tenant_id, id, before from new)
    returning tenant_id, id
), remembered as (
    insert into change (tenant_id, kind, id, sequence, at, traceparent, doc, lost)
    select tenant_id, $1, id, sequence, $15, traceparent, doc, lost from new join saved using (tenant_id, id)
    where new.sequence <> new.before
)
select count(*) from saved;

-- name: refer
-- What these records name now, and no more.
with old as (
    delete from refers where (tenant_id, reference, kind, id) in (
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]))
)
insert into refers (tenant_id, reference, kind, id)
select * from unnest($5::uuid[], $6::text[], $7::text[], $8::uuid[]) on conflict do nothing;

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
select sequence, at, traceparent, doc, coalesce(lost, '[]') as lost from change
where kind = $1 and tenant_id = $2 and id = $3 order by sequence;

-- name: at
-- The state that a record had at a sequence.
select doc::text from change where kind = $1 and tenant_id = $2 and id = $3 and sequence = $4;

-- name: named
-- The record that is also found by this reference.
select id from refers where tenant_id = $2 and kind = $1 and reference = $3;

-- name: page_named
-- The records of a tenant that are also found by references of a kind, after a cursor.
select r.tenant_id, r.sequence, r.doc::text from record r
where r.kind = $1 and r.tenant_id = $2 and ($3::uuid is null or r.id > $3) and exists (
    select from refers n where n.tenant_id = r.tenant_id and n.kind = r.kind and n.id = r.id and n.reference like $5 || ':%')
order by r.id limit $4;
