-- name: copy
-- What the services say of their problems; an older event changes nothing.
insert into service_problem (tenant_id, id, sequence, state, doc)
select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::jsonb[])
on conflict (tenant_id, id) do update set sequence = excluded.sequence, state = excluded.state, doc = excluded.doc
where service_problem.sequence < excluded.sequence;

-- name: page
-- A tenant's problems across services, in one state, after a cursor.
select doc from service_problem
where tenant_id = $1 and state = $2 and ($3::uuid is null or id > $3) order by id limit $4;

-- name: open_count
-- How many problems a tenant has open.
select count(*) from service_problem where tenant_id = $1 and state = 'open';
