-- name: create
-- A new tenant's settings: the defaults.
insert into settings (tenant_id, sequence, doc) values ($tenant_id, $sequence, $doc);

-- name: read
-- A tenant's settings.
select sequence, doc from settings where tenant_id = $tenant_id;

-- name: without_invoices
-- The tenants that do not sync invoices.
select tenant_id from settings where tenant_id = any($tenant_ids::uuid[]) and doc -> 'invoices' = 'false';

-- name: lock
-- A tenant's settings, locked because they are about to change.
select sequence, doc from settings where tenant_id = $tenant_id for update;

-- name: save
-- A tenant's new settings.
update settings set sequence = $sequence, doc = $doc where tenant_id = $tenant_id;

-- name: add_version
-- A version of the settings: who changed what, and when.
insert into settings_version (tenant_id, version, at, by, changes) values ($tenant_id, $version, $at, $by, $changes);

-- name: history
-- The versions of a tenant's settings, newest first; `before` is the cursor of the page.
select version, at, by, changes from settings_version
where tenant_id = $tenant_id and version > $since and ($before::int is null or version < $before)
order by version desc limit $limit;
