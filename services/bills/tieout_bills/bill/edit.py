"""BILL-2, BILL-8: a bill is created or changed on the platform."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_bills.bill import tax
from tieout_bills.bill.lines import match_lines, same_content, same_line
from tieout_kit.errors import Clash
from tieout_kit.http import APPROVERS
from tieout_kit.sync import Facts, Put
from tieout_schemas.money import Currency
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus
from tieout_schemas.roles import Feature, Role
from tieout_schemas.xero import LineAmountTypes, Tracking

# Postgres cannot store U+0000, and a bill needs no control character but line breaks and tabs.
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
Text = Annotated[str, StringConstraints(min_length=1, pattern=_TEXT)]
XeroText = Annotated[str, StringConstraints(pattern=_TEXT)]
"""A text that may be empty in Xero. Such a text may stay while something else changes (F24)."""


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrackingIn(_In):
    """A tracking option, by name."""

    category: Text = Field(max_length=100)
    option: Text = Field(max_length=100)


class LineIn(_In):
    """A line in a request."""

    description: XeroText = Field(max_length=4000)
    quantity: Decimal = Field(Decimal(1), max_digits=16, decimal_places=4)
    unit_amount: Decimal = Field(max_digits=18, decimal_places=4)
    account_code: Text | None = Field(None, max_length=10)
    tax_type: Text | None = Field(None, max_length=50)
    tax_amount: Decimal | None = Field(None, max_digits=18, decimal_places=2)
    """The line's tax as it is printed on the bill; if it is left out, Xero computes it."""
    tracking: tuple[TrackingIn, ...] = Field((), max_length=2)


class BillIn(_In):
    """A bill in a request. The caller chooses the id, so that a repeated request creates no second bill."""

    vendor_id: UUID
    number: XeroText = Field(max_length=255)
    status: BillStatus = BillStatus.DRAFT
    date: dt.date
    due_date: dt.date
    currency: Currency
    line_amount_types: LineAmountTypes = LineAmountTypes.EXCLUSIVE
    lines: tuple[LineIn, ...] = Field(min_length=1, max_length=500)
    printed_total: Decimal | None = Field(None, max_digits=18, decimal_places=2)
    """The total that is printed on the bill, tax included. The lines must come to it."""


def content(wanted: BillIn, was: Bill | None, _: UUID) -> Mapping[str, Any]:
    """The record's fields according to the request."""
    fields = {name: getattr(wanted, name) for name in BillIn.model_fields if name != "lines"}
    return {**fields, "lines": _lines([_line(line) for line in wanted.lines], was.lines if was else ())}


def check(before: Bill | None, bill: Bill, _: Sequence[Bill], facts: Facts) -> None:
    """BILL-2, BILL-8, SYS-10. Raises Clash for a bill that is paid, or voided or deleted in Xero, and for one that does
    not come to its printed total."""
    if before and before.xero_status and before.xero_status.is_final:
        raise Clash(f"bill {before.number} is {before.xero_status} in Xero and can no longer be changed")
    if before and before.paid:
        raise Clash(f"bill {before.number} is paid and can no longer be changed")
    _check_texts(before, bill)
    if before is None or _amounts(before) != _amounts(bill):
        _check_tax(bill, facts)


def _check_texts(before: Bill | None, bill: Bill) -> None:
    """F24. What Xero lets be empty may stay so, but nothing new may be empty."""
    if not bill.number and (before is None or before.number):
        raise Clash("a bill needs a number: enter the one that is printed on it", field="number")
    wordless = {line.xero_line_id for line in before.lines if not line.description} if before else set()
    if any(not line.description and line.xero_line_id not in wordless for line in bill.lines):
        raise Clash("a line needs a description: enter what was bought", field="description")


def _amounts(bill: Bill) -> tuple[object, ...]:
    return bill.lines, bill.line_amount_types, bill.printed_total


def _check_tax(bill: Bill, facts: Facts) -> None:
    types, printed = bill.line_amount_types, bill.printed_total
    if types is LineAmountTypes.NO_TAX and any(line.tax_amount for line in bill.lines):
        raise Clash("a bill without tax (NoTax) has no tax_amount on its lines: leave it out", field="tax_amount")
    total = tax.total_of(bill.lines, types, tax.rates_of(facts))
    if printed is None or total is None or total == printed:
        return
    ways_out = "correct the lines, or leave printed_total out"
    if types is LineAmountTypes.EXCLUSIVE:
        ways_out = f"enter the tax_amount that is printed for each line, {ways_out}"
    raise Clash(
        f"printed_total is {printed:.2f}, but the lines come to {total:.2f}: {ways_out}",
        field="printed_total",
        lines_come_to=str(total),
    )


def _lines(wanted: Sequence[BillLine], had: Sequence[BillLine]) -> tuple[BillLine, ...]:
    """The requested lines, with the ids and accounts of the present lines. Lines are matched by content first and by
    position last, so that a removed or moved line does not pass its id to another line."""
    found, left = match_lines(wanted, had, lambda line, was: same_content(_with_ids_of(line, was), was), same_line)
    rest = iter(left)
    return tuple(_with_ids_of(line, was or next(rest, None)) for line, was in zip(wanted, found, strict=True))


def _with_ids_of(wanted: BillLine, had: BillLine | None) -> BillLine:
    """A line with Xero's id of the line it matches. A line that still names no account keeps its default account, so
    that the same request again changes nothing."""
    if had is None:
        return wanted
    if wanted.account_code is None and had.account_from is AccountFrom.DEFAULT:
        wanted = wanted.replace(account_code=had.account_code, account_from=AccountFrom.DEFAULT)
    same_account = wanted.account_code == had.account_code
    account = had.account_xero_id if same_account else None
    return wanted.replace(xero_line_id=had.xero_line_id, account_xero_id=account)


def _line(wanted: LineIn) -> BillLine:
    return BillLine(
        description=wanted.description,
        quantity=wanted.quantity,
        unit_amount=wanted.unit_amount,
        account_code=wanted.account_code,
        tax_type=wanted.tax_type,
        tax_amount=wanted.tax_amount,
        tracking=tuple(Tracking(category=each.category, option=each.option) for each in wanted.tracking),
    )


PUT: Put[Bill] = Put(
    body=BillIn,
    summary="Create or change a bill; approving it needs the role approver",
    roles=(Role.BOOKKEEPER, *APPROVERS),
    feature=Feature.BILLS,
    rule="BILL-2",
    content=content,
    check=check,
    needs=lambda wanted: (APPROVERS, "approving") if wanted.status is BillStatus.APPROVED else None,
)
