"""BILL-2, BILL-8: a bill made or changed on the platform."""

from uuid import UUID

from tieout_bills.model import BillIn
from tieout_bills.rules.account import kept
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
    lines = _in_place(content["lines"], before.lines)
    changed = before.model_copy(update={**content, "lines": lines})
    if changed == before:
        return before
    if before.xero_status in GONE:
        raise Clash(f"bill {before.number} is {before.xero_status} in Xero and cannot be changed any more")
    if before.paid:
        raise Clash(f"bill {before.number} is paid and cannot be changed any more")
    return changed.model_copy(update={"sync": wish(before.sync), "origin": origin})


def _in_place(wanted: tuple[BillLine, ...], had: tuple[BillLine, ...]) -> tuple[BillLine, ...]:
    """The lines with what those at their places have got since they were asked for: Xero's id, and an account."""
    kept_lines = tuple(
        kept(line, place).model_copy(update={"xero_line_id": place.xero_line_id})
        for line, place in zip(wanted, had, strict=False)
    )
    return (*kept_lines, *wanted[len(had) :])
