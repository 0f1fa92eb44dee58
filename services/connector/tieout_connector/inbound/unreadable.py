"""Records of Xero that cannot be read become problems, and these close once the record can be read (F09, F10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.problems import Finding, FoundProblem
from tieout_schemas.reasons import Reason


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """A record that was not taken in."""

    key: str
    """Xero's id of the record, as text; of a tax rate, its code."""
    label: str
    """The record in a bookkeeper's words."""
    field: str
    fault: str
    link: str
    """The address at which a person sees it in Xero."""


async def store(
    tx: Tx, tenant_id: UUID, kind: str, readable: Collection[str], unreadable: Sequence[UnreadableRecord], cause: Cause
) -> None:
    """Open the problems of the records that could not be read, and close those of the records that could.

    All are of one kind. `readable`: their keys.
    """
    odd = {_id(tenant_id, one.key): one for one in unreadable}
    good = {_id(tenant_id, key) for key in readable} - odd.keys()
    found = [Finding(tenant_id, record_id, cause, (_problem(one),)) for record_id, one in odd.items()]
    await problems.update(tx, kind, [*found, *(Finding(tenant_id, record_id, cause) for record_id in good)])


def _problem(one: UnreadableRecord) -> FoundProblem:
    params = {"record": one.label, "field": one.field, "fault": one.fault, "link": one.link}
    return FoundProblem(Reason.NOT_READABLE_IN_XERO, params)


def _id(tenant_id: UUID, key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        return uuid5(tenant_id, key)
