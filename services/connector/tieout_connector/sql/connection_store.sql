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
    xero_connection_id = $xero_connection_id, token_set_id = $token_set_id, closed = $closed
where tenant_id = $tenant_id;

-- name: lock_org
-- Locks an organisation that is about to be bound to a tenant.
select pg_advisory_xact_lock(hashtextextended($org_id::uuid::text, 0));

-- name: bound_to
-- The tenant that an organisation is bound to for good.
select tenant_id from connection where org_id = $org_id;

-- name: used_connections
-- Those of these connections in Xero that a tenant uses.
select xero_connection_id from connection
where xero_connection_id = any($xero_connection_ids::uuid[]) and state <> 'disconnected';

-- name: tenants_of
-- The tenants that these organisations are bound to.
select tenant_id, org_id from connection where org_id = any($org_ids::uuid[]);

-- name: mark_synced
-- The time of the tenant's latest successful poll or read.
update connection set last_sync_at = $now where tenant_id = $tenant_id;

-- name: start_consent
-- A consent under way. A tenant has at most one: the latest.
insert into consent (state_hash, tenant_id, code_verifier, return_to, state_before, at, asked_by)
values ($state_hash, $tenant_id, $code_verifier, $return_to, $state_before, $now, $asked_by)
on conflict (tenant_id) do update set state_hash = excluded.state_hash, code_verifier = excluded.code_verifier,
    return_to = excluded.return_to, state_before = excluded.state_before, at = excluded.at,
    asked_by = excluded.asked_by, token_set_id = null, candidates = null;

-- name: tenant_of_state
-- The tenant whose consent has this OAuth state.
select tenant_id from consent where state_hash = $state_hash;

-- name: take_consent
-- The consent with this OAuth state. Its hash is replaced, so the state works only once.
update consent set state_hash = $used_hash where state_hash = $state_hash and at > $oldest returning *;

-- name: save_candidates
-- The organisations that a consent made reachable.
update consent set token_set_id = $token_set_id, candidates = $candidates where tenant_id = $tenant_id;

-- name: read_consent
-- A tenant's consent under way.
select * from consent where tenant_id = $tenant_id;

-- name: end_consent
-- Deletes a tenant's consent under way.
delete from consent where tenant_id = $tenant_id;
