-- name: ask
-- Read these again; one that is asked for while it is being read is read once more.
insert into read_request (tenant_id, kind, xero_id, due_at, causation_id, correlation_id, traceparent)
select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[])
on conflict (tenant_id, kind, xero_id) do update set asked = read_request.asked + 1,
    due_at = least(read_request.due_at, excluded.due_at);

-- name: due
-- The oldest kind of request of a tenant that is due, many at once, since one call reads them all.
select kind, xero_id, asked, causation_id, correlation_id, traceparent from read_request
where tenant_id = $1 and due_at <= $2 and not xero_id = any($4::uuid[]) and kind = (
    select kind from read_request where tenant_id = $1 and due_at <= $2 and not xero_id = any($4::uuid[])
    order by due_at limit 1)
order by due_at limit $3;

-- name: done
-- These were read, unless they were asked for once more meanwhile.
delete from read_request r using unnest($3::uuid[], $4::int[]) as read(xero_id, asked)
where r.tenant_id = $1 and r.kind = $2 and r.xero_id = read.xero_id and r.asked = read.asked;

-- name: later
-- These are looked at again after a while.
update read_request set due_at = $4 where tenant_id = $1 and kind = $2 and xero_id = any($3::uuid[]);
