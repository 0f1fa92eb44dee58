-- name: add
-- Connections in Xero that are removed there unless they are in use.
select add_spare_connections($xero_connection_ids::uuid[], $tenant_id, $token_set_id, $now);

-- name: due
-- Spare connections, of one tenant or of all. Those that a tenant uses are kept for good, so they leave the list. Those
-- that a person may be about to choose, or to consent to once more, stay on it until that consent ends.
with used as (
    delete from spare_connection s using connection c
    where c.xero_connection_id = s.xero_connection_id and c.state <> 'disconnected')
select s.xero_connection_id, s.token_set_id, s.failures from spare_connection s
where s.next_at <= $now and ($tenant_id::uuid is null or s.tenant_id = $tenant_id)
and not exists (select 1 from connection c where c.xero_connection_id = s.xero_connection_id
    and c.state <> 'disconnected')
and not exists (select 1 from consent o where o.tenant_id = s.tenant_id or o.token_set_id = s.token_set_id)
order by s.next_at limit $limit;

-- name: lock_person
-- Locks a person's connections in Xero: none is removed while a consent of this person is taken in.
select pg_advisory_xact_lock(hashtextextended('connections of ' || $token_set_id::uuid::text, 0));

-- name: is_spare
-- Whether a connection is still to be removed.
select exists (
    select 1 from spare_connection s where s.xero_connection_id = $xero_connection_id
    and not exists (select 1 from connection c where c.xero_connection_id = s.xero_connection_id
        and c.state <> 'disconnected')
    and not exists (select 1 from consent o where o.tenant_id = s.tenant_id or o.token_set_id = s.token_set_id));

-- name: postpone
-- Xero did not remove it.
update spare_connection set next_at = $at, failures = failures + 1 where xero_connection_id = $xero_connection_id;

-- name: remove
-- It is gone in Xero.
delete from spare_connection where xero_connection_id = $xero_connection_id;
