"""One service's problems, and a clock that stands still until it is moved."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres.database import Database
from tieout_kit.problems import listing
from tieout_kit.problems.listing import ProblemFilter
from tieout_kit.problems.store import Finding, FoundProblem
from tieout_schemas.platform import Vendor
from tieout_schemas.problem import Problem, ProblemKind
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record, setting
from tieout_schemas.topics import PROBLEM

TENANT, OTHER = uuid4(), uuid4()
HELD = FoundProblem(Reason.NOT_CONNECTED, {"kind": "bill"})
OFF = FoundProblem(Reason.OUTBOUND_PAYMENTS_OFF, {}, setting("outbound_payments"))
VENDOR, ANOTHER_VENDOR = uuid4(), uuid4()


def for_vendor(vendor_id: UUID, number: str = "B-1") -> FoundProblem:
    params = {"number": number, "vendor_id": str(vendor_id)}
    return FoundProblem(Reason.VENDOR_NOT_IN_XERO, params, record(Vendor, vendor_id))


def refused(messages: str) -> FoundProblem:
    return FoundProblem(Reason.REFUSED_BY_XERO, {"kind": "bill", "messages": messages})


class World:
    """One service's problems, and a clock that stands still until it is moved."""

    def __init__(self, url: str) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.database = Database(url, "bills", lambda: self.now)

    async def find(
        self,
        record_id: UUID,
        *found: FoundProblem,
        tenant_id: UUID = TENANT,
        undecided: frozenset[ProblemKind] = frozenset(),
        settings_version: int = 0,
        retried_by: str | None = None,
    ) -> None:
        cause = Cause("event-1", "first", None)
        finding = Finding(tenant_id, record_id, cause, found, undecided, settings_version, retried_by)
        await self.database.run(lambda tx: problems.update(tx, "bill", [finding]))

    async def listed(
        self, tenant_id: UUID = TENANT, after: UUID | None = None, limit: int = 100, **wanted: Any
    ) -> list[Problem]:
        asked = ProblemFilter(**wanted)
        async with self.database.transaction() as tx:
            return await listing.page(tx, tenant_id, asked, after, limit)

    async def said(self) -> list[Problem]:
        async with self.database.transaction() as tx:
            rows = await tx.db.fetch("select value from outbox where topic = $1 order by id", PROBLEM.name)
        return [Problem.model_validate_json(row["value"]) for row in rows]
