-- name: lock
-- The latest snapshots of these records of Xero, locked in key order so that two writers never deadlock.
select xero_id, sequence, content, as_of, record_id, record_kind, effect, made_at, shown_at, document_type, asked_for_by
from snapshot
where tenant_id = $tenant_id and kind = $kind and xero_id = any($xero_ids::text[])
order by xero_id for update;

-- name: save
-- Saves snapshots, changed or not: `as_of` tells when each record was last read.
insert into snapshot (tenant_id, kind, xero_id, sequence, content, as_of, record_id, record_kind, effect, made_at,
    shown_at, document_type, asked_for_by)
select $tenant_id, $kind, xero_id, sequence, content, $as_of, record_id, record_kind, effect, made_at, shown_at,
    document_type, asked_for_by
from unnest($xero_ids::text[], $sequence::bigint[], $content::bytea[], $record_id::uuid[], $record_kind::text[],
        $effect::text[], $made_at::timestamptz[], $shown_at::timestamptz[], $document_type::text[],
        $asked_for_by::uuid[])
    as new(xero_id, sequence, content, record_id, record_kind, effect, made_at, shown_at, document_type,
        asked_for_by)
on conflict (tenant_id, kind, xero_id) do update set sequence = excluded.sequence, content = excluded.content,
    as_of = excluded.as_of, record_id = excluded.record_id, record_kind = excluded.record_kind,
    effect = excluded.effect, made_at = excluded.made_at, shown_at = excluded.shown_at,
    document_type = excluded.document_type, asked_for_by = excluded.asked_for_by;

-- name: latest_created
-- For each of these effects of our records, the record of Xero that was created last, and the sequence of its snapshot.
select distinct on (wanted.at) wanted.at::int - 1 as at, s.xero_id, s.sequence
from unnest($record_ids::uuid[], $record_kinds::text[], $effects::text[])
    with ordinality as wanted(record_id, record_kind, effect, at)
join snapshot s on s.tenant_id = $tenant_id and s.kind = $kind and s.record_id = wanted.record_id
    and s.made_at is not null
    and coalesce(s.record_kind, wanted.record_kind) = wanted.record_kind
    and coalesce(s.effect, wanted.effect) = wanted.effect
order by wanted.at, s.made_at desc, s.sequence desc;
