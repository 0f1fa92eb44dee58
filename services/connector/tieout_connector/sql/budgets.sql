-- name: load
-- What is left of a tenant's limits, as its last call left it.
select sent_at, day, day_used, day_limit, parked_until, parked_because from budget where tenant_id = $1;

-- name: save
-- Stored with each call, so that a successor never starts fresh.
insert into budget (tenant_id, sent_at, day, day_used, day_limit, parked_until, parked_because)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (tenant_id) do update set sent_at = excluded.sent_at, day = excluded.day, day_used = excluded.day_used,
    day_limit = excluded.day_limit, parked_until = excluded.parked_until, parked_because = excluded.parked_because;
