-- name: start
-- Lists these resources from now on. A resource that was listed before goes on from where it was. Payments start an
-- hour ago, because older payments belong to bills that are not imported: only unpaid bills are.
insert into feed (tenant_id, resource, since, next_at, waits_for)
select $tenant_id, resource, case when resource = 'Payments' then $now::timestamptz - interval '1 hour' end, $now, after
from unnest($resources::text[], $after::text[]) as r(resource, after)
on conflict (tenant_id, resource) do update set next_at = excluded.next_at, page = 1, backwards = false,
    page_size = null;

-- name: due
-- The import, or the poll, that has been due longest.
select resource, importing, since, page, backwards, newest, done, total, page_size as size, trouble from feed
where tenant_id = $tenant_id and next_at <= $now and importing = $importing and not resource = any($claimed::text[])
and waits_for is null
order by next_at limit 1;

-- name: let_follow
-- Lets the imports begin that waited for this resource's.
update feed set waits_for = null, next_at = $now where tenant_id = $tenant_id and waits_for = $resource;

-- name: save
-- The cursor's new position, and when its next page is due.
update feed set importing = $importing, since = $since, page = $page, backwards = $backwards, newest = $newest,
    done = $done, total = $total, page_size = $page_size, trouble = $trouble, next_at = $next_at
where tenant_id = $tenant_id and resource = $resource;

-- name: postpone
-- Lists a resource again at a later time, because it could not be read now.
update feed set next_at = $at, trouble = $trouble where tenant_id = $tenant_id and resource = $resource;

-- name: bring_forward
-- Makes a tenant's polls due at this time, unless they are due sooner.
update feed set next_at = least(next_at, $at) where tenant_id = $tenant_id and not importing;

-- name: spread
-- Makes the polls of these resources due within a time, each at another moment, unless they are due sooner. Locked in
-- order: two processes may do this at once.
with later as (
    select tenant_id, resource, $now::timestamptz + random() * $within::interval as at from feed
    where resource = any($resources::text[]) and not importing and trouble is null
    and next_at > $now::timestamptz + $within::interval
    order by tenant_id, resource for update)
update feed f set next_at = later.at from later
where f.tenant_id = later.tenant_id and f.resource = later.resource
returning f.tenant_id, f.next_at;

-- name: try_again
-- Makes all lists of a tenant due at this time, unless they are due sooner.
update feed set next_at = least(next_at, $at) where tenant_id = $tenant_id;

-- name: try_refused
-- Makes the lists of a tenant due that Xero did not permit.
update feed set next_at = least(next_at, $now)
where tenant_id = $tenant_id and trouble = 'not_permitted';

-- name: progress
-- How far each resource has been read (CONN-4).
select resource, importing, done, total, next_at, waits_for from feed where tenant_id = $tenant_id order by resource;

-- name: is_importing
-- Whether the import of any resource is unfinished. A resource that Xero does not permit keeps no import open.
select exists (
    select 1 from feed
    where tenant_id = $tenant_id and importing and trouble is distinct from 'not_permitted');

-- name: not_permitted
-- The resources that Xero does not let the person who connected read.
select resource from feed where tenant_id = $tenant_id and trouble = 'not_permitted';
