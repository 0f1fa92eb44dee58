-- name: load
-- What is left of these tenants' limits, as their last calls left it.
select tenant_id, sent_at, day, day_used, day_limit, parked_until, parked_because, day_ends, day_unsure,
    in_flight_left, in_flight_until, recent, turn
from budget where tenant_id = any($1::uuid[]);

-- name: save
-- Stored with each call, so that a successor never starts fresh.
insert into budget (tenant_id, sent_at, day, day_used, day_limit, parked_until, parked_because, day_ends,
    day_unsure, in_flight_left, in_flight_until, recent, turn)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (tenant_id) do update set sent_at = excluded.sent_at, day = excluded.day, day_used = excluded.day_used,
    day_limit = excluded.day_limit, parked_until = excluded.parked_until, parked_because = excluded.parked_because,
    day_ends = excluded.day_ends, day_unsure = excluded.day_unsure, in_flight_left = excluded.in_flight_left,
    in_flight_until = excluded.in_flight_until, recent = excluded.recent, turn = excluded.turn;
