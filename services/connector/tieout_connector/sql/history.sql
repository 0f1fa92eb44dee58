-- name: add
-- Stores a new import. Nothing is stored while another import of the tenant runs.
insert into history_import (id, tenant_id, state, started_at, next_at, doc)
values ($id, $tenant_id, 'running', $now, $now, $doc) on conflict do nothing;

-- name: running
-- The import of a tenant that runs, if any.
select doc::text from history_import where tenant_id = $tenant_id and state = 'running';

-- name: due
-- The import of a tenant whose next page is due, unless a page of it is being read.
select doc::text from history_import
where tenant_id = $tenant_id and state = 'running' and next_at <= $now and not id = any($in_progress::uuid[]);

-- name: lock
-- One import, locked because it is about to change.
select doc::text from history_import where tenant_id = $tenant_id and id = $id for update;

-- name: save
-- The new state of an import, and when its next page is due.
update history_import set state = $state, next_at = $next_at, doc = $doc
where tenant_id = $tenant_id and id = $id;

-- name: one
-- One import.
select doc::text from history_import where tenant_id = $tenant_id and id = $id;

-- name: page
-- The imports of a tenant, the newest first.
select doc::text from history_import where tenant_id = $tenant_id order by started_at desc, id limit $limit;
