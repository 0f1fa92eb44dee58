-- name: start
-- What is read from Xero from now on; one that was read before goes on from where it was. Old payments stay there:
-- only unpaid bills come in.
insert into feed (tenant_id, resource, since, next_at)
select $1, resource, case when resource = 'Payments' then $3::timestamptz - interval '1 hour' end, $3
from unnest($2::text[]) as resource
on conflict (tenant_id, resource) do update set next_at = excluded.next_at, page = 1, backwards = false;

-- name: due
-- The import, or the poll, that waits longest.
select resource, importing, since, page, backwards, newest, done, total from feed
where tenant_id = $1 and next_at <= $2 and importing = $4 and not resource = any($3::text[]) order by next_at limit 1;

-- name: save
-- Where a feed stands.
update feed set importing = $3, since = $4, page = $5, backwards = $6, newest = $7, done = $8, total = $9, next_at = $10
where tenant_id = $1 and resource = $2;

-- name: later
-- Look at a feed again after a while.
update feed set next_at = $3 where tenant_id = $1 and resource = $2;

-- name: sooner
-- The polls of a tenant come at a moment, if they were to come later.
update feed set next_at = least(next_at, $2) where tenant_id = $1 and not importing;

-- name: progress
-- How far each feed is (CONN-4).
select resource, importing, done, total, next_at from feed where tenant_id = $1 order by resource;

-- name: importing
-- Whether any feed is still at its first reading.
select exists (select 1 from feed where tenant_id = $1 and importing);
