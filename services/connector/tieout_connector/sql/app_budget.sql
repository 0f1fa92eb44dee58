-- name: abandoned
-- Should this process stand still, all others wait no longer than this.
set local idle_in_transaction_session_timeout = '3s';

-- name: lock
-- One replica at a time decides what is left; it ends with the transaction.
select pg_advisory_xact_lock(hashtextextended('tieout.app_budget', 0));

-- name: grant
-- A grant of what the last minute's grants leave, at most this replica's fair share of it, and nothing while parked;
-- what is too old to count goes.
with gone as (
    delete from app_grant where at <= $4 and (parked_until is null or parked_until <= $2)
), known as (
    select $6::int - coalesce(sum(calls) filter (where at > $4), 0) as remaining,
        count(distinct owner) filter (where owner <> $1 and at > $5) as others,
        max(parked_until) filter (where parked_until > $2) as parked_until,
        min(at) filter (where calls > 0 and at > $4) as oldest
    from app_grant
)
insert into app_grant (at, owner, calls, parked_until)
select $2, $1, case when parked_until is null
    then least($3::int, ceil(greatest(remaining, 0) / (others + 1.0))::int) else 0 end, null
from known
returning calls, (select known.parked_until from known), (select oldest from known);

-- name: park
-- Nobody gets a grant before a moment, for all replicas.
insert into app_grant (at, owner, calls, parked_until) values ($2, $1, 0, $3);
