-- name: open_of
-- The open problems of these records, locked in key order.
select tenant_id, record_id, sequence, doc from problem
where record_kind = $1 and (tenant_id, record_id) in (select * from unnest($2::uuid[], $3::uuid[])) and state = 'open'
order by tenant_id, id for update;

-- name: save
-- Problems opened, seen again, or closed.
insert into problem (tenant_id, id, sequence, record_kind, record_id, code, state, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::jsonb[])
on conflict (tenant_id, id) do update set
    sequence = excluded.sequence, state = excluded.state, doc = excluded.doc;

-- name: page
-- A tenant's problems in one state, after a cursor.
select doc from problem
where tenant_id = $1 and state = $2 and ($3::uuid is null or id > $3)
order by id limit $4;
