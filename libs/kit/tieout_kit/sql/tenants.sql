-- name: connection_changed
-- Each tenant's newest connection; an older one changes nothing.
insert into tenant (tenant_id, connection, connection_sequence)
select * from unnest($1::uuid[], $2::jsonb[], $3::bigint[])
on conflict (tenant_id) do update
set connection = excluded.connection, connection_sequence = excluded.connection_sequence
where tenant.connection_sequence < excluded.connection_sequence;

-- name: settings_changed
-- Each tenant's newest settings; an older version changes nothing.
insert into tenant (tenant_id, settings, settings_sequence)
select * from unnest($1::uuid[], $2::jsonb[], $3::bigint[])
on conflict (tenant_id) do update
set settings = excluded.settings, settings_sequence = excluded.settings_sequence
where tenant.settings_sequence < excluded.settings_sequence;

-- name: load
-- What is known of these tenants. Their lock (locks.py) keeps it as it is while records are checked.
select tenant_id, connection::text, settings::text from tenant where tenant_id = any($1::uuid[]);
