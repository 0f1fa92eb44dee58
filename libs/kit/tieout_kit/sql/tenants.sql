-- name: connection_changed
-- Each tenant's newest connection; an older one changes nothing.
insert into tenant (tenant_id, connection, connection_sequence)
select * from unnest($tenant_ids::uuid[], $docs::jsonb[], $sequences::bigint[])
on conflict (tenant_id) do update
set connection = excluded.connection, connection_sequence = excluded.connection_sequence
where tenant.connection_sequence < excluded.connection_sequence;

-- name: settings_changed
-- Each tenant's newest settings; an older version changes nothing.
insert into tenant (tenant_id, settings, settings_sequence)
select * from unnest($tenant_ids::uuid[], $docs::jsonb[], $sequences::bigint[])
on conflict (tenant_id) do update
set settings = excluded.settings, settings_sequence = excluded.settings_sequence
where tenant.settings_sequence < excluded.settings_sequence;

-- name: load
-- Connection and settings of these tenants. The tenants' locks (locks.py) keep them as they are while records are
-- checked.
select tenant_id, connection::text, settings::text from tenant where tenant_id = any($tenant_ids::uuid[]);
