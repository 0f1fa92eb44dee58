"""What the bills service keeps beside its bills, and what its API takes."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_schemas.money import Currency
from tieout_schemas.platform import BillLine, BillStatus
from tieout_schemas.xero import LineAmountTypes, XeroInvoice

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

    def content(self) -> dict[str, Any]:
        """The fields of the bill this makes."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return {**fields, "lines": tuple(BillLine.model_validate(line.model_dump()) for line in self.lines)}


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A bill of Xero that is none of ours, as last seen."""

    tenant_id: UUID
    sequence: int
    seen: XeroInvoice
