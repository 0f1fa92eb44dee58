-- name: limit_idle_time
-- If this process freezes inside the transaction, the other replicas wait for its lock no longer than this.
set local idle_in_transaction_session_timeout = '3s';

-- name: lock
-- One replica at a time decides on its grant. The lock ends with the transaction.
select pg_advisory_xact_lock(hashtextextended('tieout.app_budget', 0));

-- name: grant
-- Grants calls from what the other grants of the last minute leave: at most this replica's fair share of the rest, and
-- no call while the app is parked. Deletes rows that are too old to count.
with expired as (
    delete from app_grant where at <= $counted_since and (parked_until is null or parked_until <= $now)
), known as (
    select $per_minute::int - coalesce(sum(calls) filter (where at > $counted_since), 0) as remaining,
        count(distinct owner) filter (where owner <> $owner and at > $active_since) as others,
        max(parked_until) filter (where parked_until > $now) as parked_until,
        min(at) filter (where calls > 0 and at > $counted_since) as oldest
    from app_grant
)
insert into app_grant (at, owner, calls, parked_until)
select $now, $owner, case when parked_until is null
    then least($wanted::int, ceil(greatest(remaining, 0) / (others + 1.0))::int) else 0 end, null
from known
returning calls, (select known.parked_until from known), (select oldest from known);

-- name: park
-- No replica gets a grant before this moment.
insert into app_grant (at, owner, calls, parked_until) values ($now, $owner, 0, $parked_until);
