"""BILL-2, BILL-8: a bill made or changed on the platform."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_bills.bill.lines import paired, same_content, same_line
from tieout_kit.errors import Clash
from tieout_kit.http import APPROVERS
from tieout_kit.sync import Facts, Put
from tieout_schemas.money import Currency
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus
from tieout_schemas.roles import Feature, Role
from tieout_schemas.xero import LineAmountTypes, Tracking

# Postgres stores no U+0000, and no other control character but a line break means anything in a bill.
Text = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00-\x09\x0b-\x1f]*$")]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrackingIn(_In):
    """A tracking option, by name."""

    category: Text = Field(max_length=100)
    option: Text = Field(max_length=100)


class LineIn(_In):
    """A line as the API takes it."""

    description: Text = Field(max_length=4000)
    quantity: Decimal = Field(Decimal(1), max_digits=16, decimal_places=4)
    unit_amount: Decimal = Field(max_digits=18, decimal_places=4)
    account_code: Text | None = Field(None, max_length=10)
    tax_type: Text | None = Field(None, max_length=50)
    tracking: tuple[TrackingIn, ...] = Field((), max_length=2)


class BillIn(_In):
    """A bill as the API takes it; the caller chooses the id, so that a repeated request makes no second bill."""

    vendor_id: UUID
    number: Text = Field(max_length=255)
    status: BillStatus = BillStatus.DRAFT
    date: dt.date
    due_date: dt.date
    currency: Currency
    line_amount_types: LineAmountTypes = LineAmountTypes.EXCLUSIVE
    lines: tuple[LineIn, ...] = Field(min_length=1, max_length=500)


def content(wanted: BillIn, was: Bill | None, _: UUID) -> Mapping[str, Any]:
    """The fields that a request asks for."""
    fields = {name: getattr(wanted, name) for name in BillIn.model_fields if name != "lines"}
    return {**fields, "lines": _lines([_line(line) for line in wanted.lines], was.lines if was else ())}


def check(before: Bill | None, _: Bill, __: Sequence[Bill], ___: Facts) -> None:
    """BILL-8, SYS-10. Raises Clash for a bill that is paid, or voided or deleted in Xero."""
    if before is None:
        return
    if before.xero_status and before.xero_status.is_final:
        raise Clash(f"bill {before.number} is {before.xero_status} in Xero and cannot be changed any more")
    if before.paid:
        raise Clash(f"bill {before.number} is paid and cannot be changed any more")


def _lines(wanted: Sequence[BillLine], had: Sequence[BillLine]) -> tuple[BillLine, ...]:
    """Lines keep what they have got: Xero's id, an account. Which is which tells their content, or else their place,
    so that a line which is removed or moved takes nobody else's id with it."""
    found, left = paired(wanted, had, lambda line, was: same_content(_kept(line, was), was), same_line)
    rest = iter(left)
    return tuple(_kept(line, was or next(rest, None)) for line, was in zip(wanted, found, strict=True))


def _kept(wanted: BillLine, had: BillLine | None) -> BillLine:
    """A line that still names no account keeps the default it got: so the same request again changes nothing."""
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
    summary="Make or change a bill; to approve it needs the role approver",
    roles=(Role.BOOKKEEPER, *APPROVERS),
    feature=Feature.BILLS,
    rule="BILL-2",
    content=content,
    check=check,
    needs=lambda wanted: (APPROVERS, "approving") if wanted.status is BillStatus.APPROVED else None,
)
