-- name: note
-- A change that a person made.
insert into audit (tenant_id, at, who, roles, operation, record_kind, record_id, before, after, address, traceparent)
values ($tenant_id, $at, $who, $roles, $operation, $record_kind, $record_id, $before, $after, $address, $traceparent);

-- name: page
-- A tenant's changes, newest first, after a cursor: all of them, or those of a record, of a person, of a period.
select tenant_id, id, at, who, roles, operation, record_kind, record_id, before, after, address, traceparent from audit
where tenant_id = $tenant_id and ($before::bigint is null or id < $before)
    and ($record_id::uuid is null or record_id = $record_id) and ($who::text is null or who = $who)
    and ($since::timestamptz is null or at >= $since) and ($until::timestamptz is null or at < $until)
order by id desc limit $limit;
