-- name: note
-- A change by a person.
insert into audit (tenant_id, at, who, roles, operation, record_kind, record_id, before, after, address, traceparent)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: page
-- A tenant's changes, newest first, after a cursor: of a record, by somebody, within a time, or all.
select id, at, who, roles, operation, record_kind, record_id, before, after, address, traceparent from audit
where tenant_id = $1 and ($2::bigint is null or id < $2) and ($3::uuid is null or record_id = $3)
    and ($4::text is null or who = $4) and ($5::timestamptz is null or at >= $5)
    and ($6::timestamptz is null or at < $6)
order by id desc limit $7;
