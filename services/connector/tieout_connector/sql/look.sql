-- name: look
-- What a tenant's calls could do, and since when or from when on: the first intent of each lane, the first call without
-- answer, reads (`full`: a whole call of them), polls and imports; `open` while it is connected. Not: an intent whose
-- record has another under way or an older one that waits, one
-- of an unmarked kind beside a call of the same, and what this process has in hand. While a call of its kind is under way,
-- an intent waits for company, unless a person waits for it: calls are few, and one carries many. `offset 0` keeps the
-- search for older ones a look at an index for each intent, whatever the statistics say: made of calmer days, they
-- would have all of a surge compared with all of it.
select 'open' as what, $2::timestamptz as at from turn where tenant_id = $1 and open
union all
select 'lane ' || lane.lane, head.received_at from generate_series(0, 5) as lane(lane) cross join lateral (
    select received_at from intent i
    where i.tenant_id = $1 and i.state = 'queued' and i.lane = lane.lane and not i.id = any($3::text[])
    and not i.together = any($4::text[])
    and not exists (select 1 from intent s where s.tenant_id = i.tenant_id and s.kind = i.kind
        and s.record_id = i.record_id and (s.state = 'sent'
            or s.state = 'queued' and (s.received_at, s.id) < (i.received_at, i.id)) offset 0)
    and (i.lane = 0 or not i.together = any($9::text[]) or i.most <= (select count(*) from (
        select from intent q where q.tenant_id = i.tenant_id and q.together = i.together and q.state = 'queued'
        and not q.id = any($3::text[]) limit i.most) as others))
    and not exists (select 1 from call k where k.tenant_id = i.tenant_id and k.unmarked = i.together)
    order by received_at limit 1) as head
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
