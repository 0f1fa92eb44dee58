-- name: find_work
-- What a tenant's next call could be, and since when it waits or from when it is due: the first intent of each lane, the
-- first call without an answer, reads (`full`: enough reads to fill a call), polls, imports, a historical import.
-- `open`: the tenant is connected; `rest`: when the first intent that rests is sent again. Work that this process has in
-- progress is left out.
select 'open' as work, $now::timestamptz as at from turn where tenant_id = $tenant_id and open
union all
select 'lane ' || lanes.lane, first.received_at from unnest($lanes::int[]) as lanes(lane) cross join lateral (
    select received_at
    from sendable_intent($tenant_id, $now, $intents::text[], $serial_in_progress::text[], $full_only::text[],
        $person_lane) i
    where i.lane = lanes.lane order by received_at limit 1) as first
union all
select 'call', retry_at from (select retry_at from call where tenant_id = $tenant_id and not id = any($calls::uuid[])
    order by retry_at limit 1) as unanswered
union all
select 'rest', min(rest_until) from intent where tenant_id = $tenant_id and state = 'queued' and rest_until > $now
having count(*) > 0
union all
select 'person', min(asked_at) from person_read where tenant_id = $tenant_id and deadline > $now and records is null
and failed is null and not id = any($interactive_reads::uuid[]) having count(*) > 0
union all
select 'read', due_at from (
    select due_at from read_request where tenant_id = $tenant_id and not xero_id = any($reads::uuid[])
    order by due_at limit 1) as asked
union all
select 'full', min(due_at) from (
    select due_at from read_request where tenant_id = $tenant_id and due_at <= $now
    and not xero_id = any($reads::uuid[]) order by due_at limit $max_ids) as due
having count(*) = $max_ids
union all
select case when importing then 'import' else 'poll' end, min(next_at) from feed
where tenant_id = $tenant_id and not listing = any($listings::text[]) and waits_for is null group by importing
union all
select 'history', next_at from history_import
where tenant_id = $tenant_id and state = 'running' and not id = any($history::uuid[])
union all
select 'paused', min(until) from paused_batch where tenant_id = $tenant_id and until > $now having count(*) > 0;
