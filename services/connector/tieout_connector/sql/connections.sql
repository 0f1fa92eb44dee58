-- name: create
-- A tenant, disconnected; one that is there stays as it is.
insert into connection (tenant_id, name, shard, state, sequence)
values ($1, $2, $3, 'disconnected', $4) on conflict do nothing returning tenant_id;

-- name: read
-- A tenant's connection.
select * from connection where tenant_id = $1;

-- name: lock
-- A tenant's connection, about to change.
select * from connection where tenant_id = $1 for update;

-- name: change
-- Its new state.
update connection set state = $2, sequence = $3, org_id = $4, org_name = $5, xero_connection_id = $6,
    token_set_id = $7, closed = $8
where tenant_id = $1;

-- name: lock_org
-- An organisation that is about to be bound.
select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0));

-- name: bound_to
-- The tenant an organisation is bound to, for good.
select tenant_id from connection where org_id = $1;

-- name: used_connections
-- Those of these connections of Xero that a tenant uses.
select xero_connection_id from connection where xero_connection_id = any($1::uuid[]) and state <> 'disconnected';

-- name: of_orgs
-- The tenants behind these organisations.
select tenant_id, org_id from connection where org_id = any($1::uuid[]);

-- name: synced
-- Everything this tenant's last poll or read asked for has arrived.
update connection set last_sync_at = $2 where tenant_id = $1;

-- name: start_consent
-- A consent under way; a tenant has one at most, the latest.
insert into consent (state_hash, tenant_id, code_verifier, return_to, state_before, at, asked_by)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (tenant_id) do update set state_hash = excluded.state_hash, code_verifier = excluded.code_verifier,
    return_to = excluded.return_to, state_before = excluded.state_before, at = excluded.at,
    asked_by = excluded.asked_by, token_set_id = null, candidates = null;

-- name: tenant_of_state
-- The tenant behind a state.
select tenant_id from consent where state_hash = $1;

-- name: take_consent
-- The consent behind a state, which is good once.
update consent set state_hash = $2 where state_hash = $1 and at > $3 returning *;

-- name: keep_candidates
-- The organisations a consent made reachable.
update consent set token_set_id = $2, candidates = $3 where tenant_id = $1;

-- name: read_consent
-- A tenant's consent under way.
select * from consent where tenant_id = $1;

-- name: end_consent
-- It is over.
delete from consent where tenant_id = $1;
