"""The fields that a bill and Xero's bill share, and whose value counts (BILL-8)."""

from decimal import Decimal
from typing import Any

from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Field, Owner
from tieout_kit.sync.values import UNKNOWN
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus, Vendor
from tieout_schemas.xero import InvoiceStatus, XeroInvoice, XeroLine

_STATUS = {
    InvoiceStatus.DRAFT: BillStatus.DRAFT,
    InvoiceStatus.SUBMITTED: BillStatus.AWAITING_APPROVAL,
    InvoiceStatus.AUTHORISED: BillStatus.APPROVED,
    InvoiceStatus.PAID: BillStatus.APPROVED,
}


def vendor_of(seen: XeroInvoice, facts: Facts) -> Any:
    """The vendor behind the contact that Xero names; UNKNOWN for a contact that is none of ours."""
    vendor = facts.copy_behind(Vendor, seen.contact_xero_id)
    return vendor.id if vendor else UNKNOWN


def line_of(seen: XeroLine) -> BillLine:
    """Xero's line as ours: converted here and nowhere else. Xero's own sums of a line stay there."""
    return BillLine(
        description=seen.description,
        quantity=Decimal(1) if seen.quantity is None else seen.quantity,
        unit_amount=seen.line_amount if seen.unit_amount is None else seen.unit_amount,
        account_code=seen.account_code,
        account_from=AccountFrom.LINE,
        tax_type=seen.tax_type,
        tracking=seen.tracking,
        xero_line_id=seen.xero_line_id,
    )


def same_lines(ours: tuple[BillLine, ...], theirs: tuple[BillLine, ...]) -> bool:
    """Whether the lines are as we want them: what a line of ours leaves open, Xero fills in."""
    return len(ours) == len(theirs) and all(map(_same_line, ours, theirs))


def learn(bill: Bill, before: Bill, seen: XeroInvoice) -> Bill:
    """Xero's ids of lines, so that the next update changes lines instead of replacing them (BILL-8); and what only
    we know of a line that came back from Xero: that its account is the tenant's default (MAP-9)."""
    lines = _with_line_ids(bill.lines, seen.lines)
    if bill.lines != before.lines:
        given = {(line.xero_line_id, line.account_code): line.account_from for line in before.lines}
        lines = tuple(
            line.replace(account_from=given.get((line.xero_line_id, line.account_code), line.account_from))
            for line in lines
        )
    return bill if lines == bill.lines else bill.replace(lines=lines)


def _with_line_ids(ours: tuple[BillLine, ...], seen: tuple[XeroLine, ...]) -> tuple[BillLine, ...]:
    """A line keeps its id; one without takes that of the line with its content, or else of the line at its place."""
    known = {line.xero_line_id for line in seen}
    kept = [line.xero_line_id if line.xero_line_id in known else None for line in ours]
    free = [line for line in seen if line.xero_line_id not in kept]
    if len(free) != kept.count(None):
        # Lines are on their way, or were removed: which is which, the next answer tells.
        return ours
    paired = []
    for line, xero_line_id in zip(ours, kept, strict=True):
        if xero_line_id:
            paired.append(line)
            continue
        found = next((each for each in free if _same_line(line, line_of(each))), free[0])
        free.remove(found)
        paired.append(line.replace(xero_line_id=found.xero_line_id))
    return tuple(paired)


def _same_line(ours: BillLine, theirs: BillLine) -> bool:
    return (
        (ours.description, ours.quantity, ours.unit_amount) == (theirs.description, theirs.quantity, theirs.unit_amount)
        and ours.account_code in (None, "", theirs.account_code)
        and ours.tax_type in (None, "", theirs.tax_type)
        and set(ours.tracking) == set(theirs.tracking)
    )


def _counts_of_lines(lines: tuple[BillLine, ...]) -> list[Any]:
    return [
        (
            line.description,
            _plain(line.quantity),
            _plain(line.unit_amount),
            line.account_code,
            line.tax_type,
            line.tracking,
        )
        for line in lines
    ]


def _plain(number: Decimal) -> str:
    """1, 1.0 and 1.00 are one number."""
    return f"{number.normalize():f}"


FIELDS = (
    Field(name="vendor_id", theirs=vendor_of, sent_as="contact_xero_id"),
    Field(name="number", theirs=lambda seen, _: seen.number, same=lambda ours, theirs: ours.strip() == theirs.strip()),
    Field(name="status", theirs=lambda seen, _: _STATUS.get(seen.status, UNKNOWN)),
    Field(name="date", theirs=lambda seen, _: seen.date),
    Field(name="due_date", theirs=lambda seen, _: seen.due_date or seen.date),
    Field(name="currency", theirs=lambda seen, _: seen.currency),
    Field(name="line_amount_types", theirs=lambda seen, _: seen.line_amount_types),
    Field(
        name="lines",
        theirs=lambda seen, _: tuple(line_of(line) for line in seen.lines),
        same=same_lines,
        counts=_counts_of_lines,
    ),
    Field(name="total", theirs=lambda seen, _: seen.total, owner=Owner.XERO_ALONE),
    Field(name="amount_due", theirs=lambda seen, _: seen.amount_due, owner=Owner.XERO_ALONE),
    Field(name="applied", theirs=lambda seen, _: seen.applied, owner=Owner.XERO_ALONE),
    Field(name="xero_status", theirs=lambda seen, _: seen.status, owner=Owner.XERO_ALONE),
    Field(name="paid", theirs=lambda seen, _: seen.status is InvoiceStatus.PAID, owner=Owner.XERO_ALONE),
)
