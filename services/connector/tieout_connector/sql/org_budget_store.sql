-- name: load
-- The budgets of these tenants, as stored with their last calls.
select tenant_id, sent_at, day, day_used, day_limit, parked_until, parked_because, day_ends, day_unsure,
    in_flight_left, in_flight_until, recent, turn
from budget where tenant_id = any($tenant_ids::uuid[]);

-- name: save
-- Stores a budget with each call, so that the next owner of the shard continues it.
insert into budget (tenant_id, sent_at, day, day_used, day_limit, parked_until, parked_because, day_ends,
    day_unsure, in_flight_left, in_flight_until, recent, turn)
values ($tenant_id, $sent_at, $day, $day_used, $day_limit, $parked_until, $parked_because, $day_ends,
    $day_unsure, $in_flight_left, $in_flight_until, $recent, $turn)
on conflict (tenant_id) do update set sent_at = excluded.sent_at, day = excluded.day, day_used = excluded.day_used,
    day_limit = excluded.day_limit, parked_until = excluded.parked_until, parked_because = excluded.parked_because,
    day_ends = excluded.day_ends, day_unsure = excluded.day_unsure, in_flight_left = excluded.in_flight_left,
    in_flight_until = excluded.in_flight_until, recent = excluded.recent, turn = excluded.turn;
