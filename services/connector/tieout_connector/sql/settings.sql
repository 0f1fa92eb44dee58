-- name: create
-- A new tenant's settings: the defaults.
insert into settings (tenant_id, sequence, doc) values ($1, $2, $3);

-- name: read
-- What a tenant chose.
select sequence, doc from settings where tenant_id = $1;

-- name: lock
-- What a tenant chose, about to change.
select sequence, doc from settings where tenant_id = $1 for update;

-- name: save
-- What a tenant chose now.
update settings set sequence = $2, doc = $3 where tenant_id = $1;

-- name: remember
-- Who chose it, and what was different before.
insert into settings_version (tenant_id, version, at, by, changes) values ($1, $2, $3, $4, $5);

-- name: history
-- The versions of a tenant's settings, newest first, after a cursor.
select version, at, by, changes from settings_version
where tenant_id = $1 and version > $2 and ($3::int is null or version < $3)
order by version desc limit $4;
