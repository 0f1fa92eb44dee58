-- name: start
-- Reads these lists from now on. A list that was read before goes on from where it was.
insert into feed (tenant_id, listing, since, next_at, waits_for)
select $tenant_id, listing, since, $now, after
from unnest($listings::text[], $after::text[], $since::timestamptz[], $settings::text[])
    as l(listing, after, since, setting)
where setting is null
or (select (doc ->> setting)::boolean from settings s where s.tenant_id = $tenant_id) is not false
on conflict (tenant_id, listing) do update set next_at = excluded.next_at, page = 1, backwards = false,
    page_size = null;

-- name: start_new
-- Reads also these lists, of one tenant or of every tenant whose lists are read, if they are not read yet.
insert into feed (tenant_id, listing, since, next_at, waits_for)
select tenant_id, listing, since, $now, after
from (select distinct tenant_id from feed where tenant_id = coalesce($tenant_id, tenant_id)) as t,
    unnest($listings::text[], $after::text[], $since::timestamptz[], $settings::text[])
    as l(listing, after, since, setting)
where setting is null
or (select (doc ->> setting)::boolean from settings s where s.tenant_id = t.tenant_id) is not false
order by tenant_id, listing
on conflict (tenant_id, listing) do nothing;

-- name: end
-- Reads these lists no longer.
delete from feed where tenant_id = $tenant_id and listing = any($listings::text[]);

-- name: due
-- The import, or the poll, that has been due longest.
select listing, importing, since, page, backwards, newest, done, total, page_size as size, trouble from feed
where tenant_id = $tenant_id and next_at <= $now and importing = $importing and not listing = any($claimed::text[])
and waits_for is null
order by next_at limit 1;

-- name: let_follow
-- Lets the imports begin that waited for these.
update feed set waits_for = null, next_at = $now where tenant_id = $tenant_id and waits_for = any($listings::text[]);

-- name: save
-- The cursor's new position, and when its next page is due; not after the end of the import that has read the page.
update feed set importing = $importing, since = $since, page = $page, backwards = $backwards, newest = $newest,
    done = $done, total = $total, page_size = $page_size, trouble = $trouble, next_at = $next_at,
    last_read_at = coalesce($ended_at, last_read_at)
where tenant_id = $tenant_id and listing = $listing and (importing or not $was_importing::boolean);

-- name: stop_import
-- Ends the import of all lists. They are polled from now on, for what changes after this moment.
update feed set importing = false, since = $since, newest = null, page = 1, backwards = false, page_size = null,
    waits_for = null, next_at = $now
where tenant_id = $tenant_id and importing;

-- name: postpone
-- Reads these lists again at a later time, because they cannot be read now.
update feed set next_at = $at, trouble = $trouble where tenant_id = $tenant_id and listing = any($listings::text[]);

-- name: bring_forward
-- Makes a tenant's polls due at these times, unless they are due sooner. What could not be read keeps its time.
update feed f set next_at = least(f.next_at, l.at)
from unnest($listings::text[], $at::timestamptz[]) as l(listing, at)
where f.tenant_id = $tenant_id and f.listing = l.listing and not f.importing and f.trouble is null;

-- name: spread
-- Makes the polls of these lists due within a time, each at another moment, unless they are due sooner. Locked in
-- order: two processes may do this at once.
with later as (
    select tenant_id, listing, $now::timestamptz + random() * $within::interval as at from feed
    where listing = any($listings::text[]) and not importing and trouble is null
    and next_at > $now::timestamptz + $within::interval
    order by tenant_id, listing for update)
update feed f set next_at = later.at from later
where f.tenant_id = later.tenant_id and f.listing = later.listing
returning f.tenant_id, f.next_at;

-- name: try_again
-- Makes all lists of a tenant due at this time, unless they are due sooner.
update feed set next_at = least(next_at, $at) where tenant_id = $tenant_id;

-- name: try_refused
-- Makes the lists of a tenant due that Xero did not permit.
update feed set next_at = least(next_at, $now)
where tenant_id = $tenant_id and trouble = 'not_permitted';

-- name: progress
-- How far each list has been read (CONN-4).
select listing, importing, done, total, next_at, waits_for, last_read_at, trouble from feed
where tenant_id = $tenant_id order by listing;

-- name: is_importing
-- Whether the import of any list is unfinished. A list that Xero does not permit keeps no import open.
select exists (
    select 1 from feed
    where tenant_id = $tenant_id and importing and trouble is distinct from 'not_permitted');

-- name: permitted
-- The lists that are read, and that Xero lets the person who connected read.
select listing from feed where tenant_id = $tenant_id and trouble is distinct from 'not_permitted';
