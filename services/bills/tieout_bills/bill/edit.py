"""BILL-2, BILL-8: a bill is created or changed on the platform."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_bills.bill.lines import match_lines, same_content, same_line
from tieout_kit.errors import Clash
from tieout_kit.http import APPROVERS
from tieout_kit.sync import Facts, Put
from tieout_schemas.money import Currency
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus
from tieout_schemas.roles import Feature, Role
from tieout_schemas.xero import LineAmountTypes, Tracking

# Postgres cannot store U+0000, and a bill needs no control character but line breaks.
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00-\x09\x0b-\x1f]*$")]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrackingIn(_In):
    """A tracking option, by name."""

    category: Text = Field(max_length=100)
    option: Text = Field(max_length=100)


class LineIn(_In):
    """A line in a request."""

    description: Text = Field(max_length=4000)
    quantity: Decimal = Field(Decimal(1), max_digits=16, decimal_places=4)
    unit_amount: Decimal = Field(max_digits=18, decimal_places=4)
    account_code: Text | None = Field(None, max_length=10)
    tax_type: Text | None = Field(None, max_length=50)
    tracking: tuple[TrackingIn, ...] = Field((), max_length=2)


class BillIn(_In):
    """A bill in a request. The caller chooses the id, so that a repeated request creates no second bill."""

    vendor_id: UUID
    number: Text = Field(max_length=255)
    status: BillStatus = BillStatus.DRAFT
    date: dt.date
    due_date: dt.date
    currency: Currency
    line_amount_types: LineAmountTypes = LineAmountTypes.EXCLUSIVE
    lines: tuple[LineIn, ...] = Field(min_length=1, max_length=500)


def content(wanted: BillIn, was: Bill | None, _: UUID) -> Mapping[str, Any]:
    """The record's fields according to the request."""
    fields = {name: getattr(wanted, name) for name in BillIn.model_fields if name != "lines"}
    return {**fields, "lines": _lines([_line(line) for line in wanted.lines], was.lines if was else ())}


def check(before: Bill | None, _: Bill, __: Sequence[Bill], ___: Facts) -> None:
    """BILL-8, SYS-10. Raises Clash for a bill that is paid, or voided or deleted in Xero."""
    if before is None:
        return
    if before.xero_status and before.xero_status.is_final:
        raise Clash(f"bill {before.number} is {before.xero_status} in Xero and can no longer be changed")
    if before.paid:
        raise Clash(f"bill {before.number} is paid and can no longer be changed")


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
