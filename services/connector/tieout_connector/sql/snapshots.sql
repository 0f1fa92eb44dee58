-- name: lock
-- What was last said of these records of Xero, locked in key order.
select xero_id, sequence, content, as_of, record_id, record_kind, effect, made_at from snapshot
where tenant_id = $1 and kind = $2 and xero_id = any($3::text[])
order by xero_id for update;

-- name: save
-- What is known of them now, changed or not: a reading that found nothing new has a moment, too.
insert into snapshot (tenant_id, kind, xero_id, sequence, content, as_of, record_id, record_kind, effect, made_at)
select $1, $2, xero_id, sequence, content, $3, record_id, record_kind, effect, made_at
from unnest($4::text[], $5::bigint[], $6::bytea[], $7::uuid[], $8::text[], $9::text[], $10::timestamptz[])
    as new(xero_id, sequence, content, record_id, record_kind, effect, made_at)
on conflict (tenant_id, kind, xero_id) do update set sequence = excluded.sequence, content = excluded.content,
    as_of = excluded.as_of, record_id = excluded.record_id, record_kind = excluded.record_kind,
    effect = excluded.effect, made_at = excluded.made_at;

-- name: made
-- The record of Xero that was made last for each of these effects of records, and the sequence of its newest snapshot.
select distinct on (wanted.at) wanted.at::int - 1 as at, s.xero_id, s.sequence
from unnest($3::uuid[], $4::text[], $5::text[]) with ordinality as wanted(record_id, record_kind, effect, at)
join snapshot s on s.tenant_id = $1 and s.kind = $2 and s.record_id = wanted.record_id and s.made_at is not null
    and coalesce(s.record_kind, wanted.record_kind) = wanted.record_kind
    and coalesce(s.effect, wanted.effect) = wanted.effect
order by wanted.at, s.made_at desc, s.sequence desc;
