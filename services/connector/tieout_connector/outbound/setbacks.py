"""What becomes of intents whose call fails although Xero works: their group is halved until the one at fault is alone.
That one rests, longer each time, and is reported as a problem (F04).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.problems import Finding, FoundProblem
from tieout_schemas.payload import RecordRef
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import WriteIntent

SPLIT_AFTER = 3
"""Failures in a row after which a group is halved, and after which a single record is reported."""
LONGEST_IN_GROUP = timedelta(seconds=30)
LONGEST_ALONE = timedelta(hours=1)
SURELY_AFTER = timedelta(hours=1)
"""A record that has failed for so long is reported, even if Xero has done nothing else for the tenant meanwhile."""


@dataclass(frozen=True, slots=True)
class Setback:
    """How intents go on after their call failed."""

    batch_limit: int
    """How many of them share a call."""
    rest: timedelta


def after_failure(failures: int, together: int, batch_limit: int) -> Setback:
    """`failures`: in a row, this one included; `together`: how many intents were in the call that failed."""
    longest = LONGEST_IN_GROUP if together > 1 else LONGEST_ALONE
    # The exponent is limited, because a larger one would only overflow.
    rest = min(timedelta(seconds=2 ** min(failures, 20)), longest)
    return Setback(max(1, together // 2) if failures >= SPLIT_AFTER else batch_limit, rest)


def is_at_fault(failures: int, together: int, failed_since: datetime | None, now: datetime, *, others: bool) -> bool:
    """Whether a record is reported: alone it failed often, and it is not Xero that fails. `others`: Xero has done other
    writes of the tenant since its first failure."""
    lasts = failed_since is not None and now - failed_since >= SURELY_AFTER
    return together == 1 and failures >= SPLIT_AFTER and (others or lasts)


async def report(tx: Tx, tenant_id: UUID, intent: WriteIntent, cause: Cause, failures: int, again: datetime) -> None:
    """Open the problem of a record that Xero fails on, or count it once more."""
    params = {
        "kind": intent.record.kind,
        "name": name_of(intent),
        "failures": str(failures),
        "again": f"{again:%Y-%m-%d %H:%M} UTC",
    }
    found = (FoundProblem(Reason.XERO_FAILS, params),)
    await problems.update(tx, intent.record.kind, [Finding(tenant_id, intent.record.id, cause, found)])


async def close(tx: Tx, tenant_id: UUID, records: Sequence[tuple[RecordRef, Cause]]) -> None:
    """Close the problems of records whose write has ended."""
    for kind in sorted({record.kind for record, _ in records}):
        ended = {record.id: cause for record, cause in records if record.kind == kind}
        await problems.update(tx, kind, [Finding(tenant_id, record_id, cause) for record_id, cause in ended.items()])


def name_of(intent: WriteIntent) -> str:
    """What a person knows the record by: its number, name or reference, else its id."""
    named = (getattr(intent.body, field, None) for field in ("number", "name", "reference", "code", "file_name"))
    return next((str(name) for name in named if name), str(intent.record.id))
