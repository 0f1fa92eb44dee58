-- name: look
-- What a tenant's calls could do, and since when or from when on: the first intent of each lane, the first call without
-- answer, reads (`full`: a whole call of them), polls and imports; `open` while it is connected. Not what this process
-- has in hand.
select 'open' as what, $2::timestamptz as at from turn where tenant_id = $1 and open
union all
select 'lane ' || lane.lane, head.received_at from generate_series(0, 5) as lane(lane) cross join lateral (
    select received_at from may_leave($1, $3::text[], $4::text[], $9::text[]) as i
    where i.lane = lane.lane order by received_at limit 1) as head
union all
select 'call', retry_at from (select retry_at from call where tenant_id = $1 and not id = any($5::uuid[])
    order by retry_at limit 1) as unanswered
union all
select 'person', min(asked_at) from person_read where tenant_id = $1 and deadline > $2 and records is null
and failed is null and not id = any($8::uuid[]) having count(*) > 0
union all
select 'read', due_at from (select due_at from read_request where tenant_id = $1 and not xero_id = any($6::uuid[])
    order by due_at limit 1) as asked
union all
select 'full', min(due_at) from (select due_at from read_request where tenant_id = $1 and due_at <= $2
    and not xero_id = any($6::uuid[]) order by due_at limit $10) as due having count(*) = $10
union all
select case when importing then 'import' else 'poll' end, min(next_at) from feed
where tenant_id = $1 and not resource = any($7::text[]) group by importing;
