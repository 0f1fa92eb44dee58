-- name: start
-- A consent under way. A tenant has at most one: the latest.
insert into consent (state_hash, tenant_id, code_verifier, return_to, state_before, at, asked_by)
values ($state_hash, $tenant_id, $code_verifier, $return_to, $state_before, $now, $asked_by)
on conflict (tenant_id) do update set state_hash = excluded.state_hash, code_verifier = excluded.code_verifier,
    return_to = excluded.return_to, state_before = excluded.state_before, at = excluded.at,
    asked_by = excluded.asked_by, token_set_id = null, candidates = null;

-- name: lock_state
-- Locks an OAuth state: a second return with it waits until this transaction ends.
select pg_advisory_xact_lock(hashtextextended('consent ' || encode($state_hash::bytea, 'hex'), 0));

-- name: with_state
-- The consent with this OAuth state.
select * from consent where state_hash = $state_hash and at > $oldest;

-- name: tenant_with_state
-- The tenant whose consent has this OAuth state.
select tenant_id from consent where state_hash = $state_hash and at > $oldest;

-- name: take
-- Replaces the hash of an OAuth state, so that the state works only once.
update consent set state_hash = $used_hash where state_hash = $state_hash returning tenant_id;

-- name: save_candidates
-- The organisations that a consent made reachable.
update consent set token_set_id = $token_set_id, candidates = $candidates where tenant_id = $tenant_id;

-- name: read
-- A tenant's consent under way.
select * from consent where tenant_id = $tenant_id;

-- name: end
-- Deletes a tenant's consent under way.
delete from consent where tenant_id = $tenant_id;

-- name: abandoned
-- The tenants whose consent nobody came back from, or where nobody chose the organisation.
select tenant_id from consent
where at <= case when candidates is null then $oldest_consent::timestamptz else $oldest_choice::timestamptz end
order by tenant_id;
