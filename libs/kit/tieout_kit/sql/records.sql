-- name: lock
-- Records by id, by Xero's id, and by match key. Locked in key order.
with wanted as (
    select tenant_id, id from unnest($tenant_ids::uuid[], $ids::uuid[]) as by_id(tenant_id, id)
    union
    select r.tenant_id, r.id
    from unnest($xero_tenant_ids::uuid[], $xero_ids::uuid[]) as by_xero_id(tenant_id, xero_id)
    join record r on r.kind = $kind and r.tenant_id = by_xero_id.tenant_id and r.xero_id = by_xero_id.xero_id
    union
    select r.tenant_id, r.id
    from unnest($match_tenant_ids::uuid[], $match_keys::text[]) as by_key(tenant_id, match_key)
    join record r on r.kind = $kind and r.tenant_id = by_key.tenant_id and r.match_key = by_key.match_key
)
select tenant_id, sequence, doc::text, state::text, seen_sequence, seen::text from record
where kind = $kind and (tenant_id, id) in (select * from wanted)
order by tenant_id, id for update;

-- name: lock_unanswered
-- Records with an intent that was sent before a moment and never answered, the oldest first. Records that
-- another transaction has locked are left for the next time: no tenant is locked here, so waiting could deadlock.
select tenant_id, sequence, doc::text, state::text, seen_sequence, seen::text from record
where kind = $kind and in_flight_since < $before and (tenant_id, id) in (
    select tenant_id, id from record where kind = $kind and in_flight_since < $before
    order by in_flight_since limit $limit)
order by tenant_id, id for update skip locked;

-- name: mark_resent
-- The intents of these records were sent again now: the records come after all others the next time.
update record set in_flight_since = $now
where kind = $kind and (tenant_id, id) in (select * from unnest($tenant_ids::uuid[], $ids::uuid[]));

-- name: save
-- New and changed records, and for each published state a row in the history. A record that another transaction has
-- made or changed since it was read is not saved and not counted. One statement, because the documents are most of what
-- Postgres has to read.
with new as (
    select * from unnest($tenant_ids::uuid[], $ids::uuid[], $sequences_before::bigint[], $sequences::bigint[],
        $xero_ids::uuid[], $match_keys::text[], $in_flight_since::timestamptz[], $docs::jsonb[], $states::jsonb[],
        $seen_sequences::bigint[], $seen::jsonb[], $traceparents::text[], $lost::jsonb[])
    as new(tenant_id, id, before, sequence, xero_id, match_key, in_flight_since, doc, state, seen_sequence, seen,
        traceparent, lost)
), saved as (
    insert into record (
        tenant_id, kind, id, sequence, xero_id, match_key, in_flight_since, doc, state, seen_sequence, seen)
    select tenant_id, $kind, id, sequence, xero_id, match_key, in_flight_since, doc, state, seen_sequence, seen
    from new
    on conflict (tenant_id, kind, id) do update set
        sequence = excluded.sequence, xero_id = excluded.xero_id, match_key = excluded.match_key,
        -- The later moment: the intent may have been sent again since the record was read.
        in_flight_since = case when excluded.in_flight_since is not null
            then greatest(record.in_flight_since, excluded.in_flight_since) end,
        doc = excluded.doc, state = excluded.state, seen_sequence = excluded.seen_sequence, seen = excluded.seen
    -- Not correlated, so that Postgres hashes `new` once instead of scanning it for every record.
    where (record.tenant_id, record.id, record.sequence) in (select tenant_id, id, before from new)
    returning tenant_id, id
), history as (
    insert into change (tenant_id, kind, id, sequence, at, traceparent, doc, lost)
    select tenant_id, $kind, id, sequence, $now, traceparent, doc, lost from new join saved using (tenant_id, id)
    where new.sequence <> new.before
)
select count(*) from saved;

-- name: refer
-- Replaces references: those that records no longer name, by those that they name now.
with old as (
    delete from refers where (tenant_id, reference, kind, id) in (
        select * from unnest($old_tenant_ids::uuid[], $old_references::text[], $old_kinds::text[], $old_ids::uuid[]))
)
insert into refers (tenant_id, reference, kind, id)
select * from unnest($new_tenant_ids::uuid[], $new_references::text[], $new_kinds::text[], $new_ids::uuid[])
on conflict do nothing;

-- name: one
-- A record, as an API shows it.
select tenant_id, sequence, doc::text from record where kind = $kind and tenant_id = $tenant_id and id = $id;

-- name: naming
-- The records that name one of these references.
select tenant_id, id from refers where kind = $kind
and (tenant_id, reference) in (select * from unnest($tenant_ids::uuid[], $references::text[]));

-- name: page
-- The records of a tenant after a cursor.
select tenant_id, sequence, doc::text from record
where kind = $kind and tenant_id = $tenant_id and ($after::uuid is null or id > $after)
order by id limit $limit;

-- name: changes
-- A record's published states, first to last.
select tenant_id, sequence, at, traceparent, doc, coalesce(lost, '[]') as lost from change
where kind = $kind and tenant_id = $tenant_id and id = $id order by sequence;

-- name: at
-- The state of a record that was published with this sequence.
select doc::text from change where kind = $kind and tenant_id = $tenant_id and id = $id and sequence = $sequence;

-- name: named
-- The record that names this reference.
select id from refers where tenant_id = $tenant_id and kind = $kind and reference = $reference;

-- name: page_named
-- The records of a tenant that name a reference of this kind, after a cursor.
select r.tenant_id, r.sequence, r.doc::text from record r
where r.kind = $kind and r.tenant_id = $tenant_id and ($after::uuid is null or r.id > $after) and exists (
    select from refers n
    where n.tenant_id = r.tenant_id and n.kind = r.kind and n.id = r.id and n.reference like $reference_kind || ':%')
order by r.id limit $limit;
