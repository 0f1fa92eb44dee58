"""BILL-2, BILL-8: a bill made or changed on the platform."""

from uuid import UUID

from tieout_bills.model import BillIn
from tieout_bills.rules.incoming import GONE
from tieout_kit.errors import Clash
from tieout_kit.sync import wish
from tieout_schemas.payload import Origin
from tieout_schemas.platform import Bill, BillLine, Sync


def edited(bill_id: UUID, before: Bill | None, wanted: BillIn, origin: Origin) -> Bill:
    """The bill as it is wanted; the same content again changes nothing, so a repeated request is harmless.

    Raises Clash for a bill that is paid, or voided or deleted in Xero (SYS-10). Lines keep Xero's ids by position.
    """
    content = wanted.content()
    if before is None:
        return Bill(id=bill_id, sync=wish(Sync()), origin=origin, **content)
    lines = _with_ids(content["lines"], before.lines)
    changed = before.model_copy(update={**content, "lines": lines})
    if changed == before:
        return before
    if before.xero_status in GONE:
        raise Clash(f"bill {before.number} is {before.xero_status} in Xero and cannot be changed any more")
    if before.paid:
        raise Clash(f"bill {before.number} is paid and cannot be changed any more")
    return changed.model_copy(update={"sync": wish(before.sync), "origin": origin})


def _with_ids(wanted: tuple[BillLine, ...], had: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    ids = [line.xero_line_id for line in had] + [None] * len(wanted)
    return tuple(
        line.model_copy(update={"xero_line_id": xero_line_id}) for line, xero_line_id in zip(wanted, ids, strict=False)
    )
