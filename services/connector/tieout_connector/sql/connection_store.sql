-- name: create
-- A new tenant, not connected; an existing one stays as it is.
insert into connection (tenant_id, name, shard, state, sequence)
values ($tenant_id, $name, $shard, 'disconnected', $sequence) on conflict do nothing returning tenant_id;

-- name: read
-- A tenant's connection.
select * from connection where tenant_id = $tenant_id;

-- name: lock
-- A tenant's connection, locked because it is about to change.
select * from connection where tenant_id = $tenant_id for update;

-- name: change
-- Saves a connection's new state.
update connection set state = $state, sequence = $sequence, org_id = $org_id, org_name = $org_name,
    xero_connection_id = $xero_connection_id, token_set_id = $token_set_id, closed = $closed,
    lost_because = $lost_because
where tenant_id = $tenant_id;

-- name: connected_with
-- The connected tenants that use these tokens.
select tenant_id from connection where token_set_id = $token_set_id and state in ('importing', 'connected')
order by tenant_id;

-- name: tenants_of
-- The tenants that these organisations are bound to.
select tenant_id, org_id from connection where org_id = any($org_ids::uuid[]);

-- name: mark_synced
-- The time of the tenant's latest successful poll or read.
update connection set last_sync_at = $now where tenant_id = $tenant_id;
