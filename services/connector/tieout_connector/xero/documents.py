"""What bills, credit notes and bank transactions have in common: lines, the contact by its id, dates and totals."""

import datetime as dt
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import OPEN, Day, Moment, XeroModel
from tieout_schemas.money import Currency, Money
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes


class TrackingOfLine(XeroModel):
    """A tracking option by name, such as Location / Auckland."""

    name: str
    option: str


class XeroDocumentLine(XeroModel):
    """A line. The unit price has as many decimals as Xero gives: 4 if unitdp=4 was asked for."""

    xero_id: Annotated[UUID | None, Field(alias="LineItemID")] = None
    """Lines of credit notes, prepayments and overpayments may have none."""
    description: str = ""
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    line_amount: Decimal = Decimal(0)
    tax_amount: Decimal = Decimal(0)
    account_code: str = ""
    tax_type: str = ""
    tracking: tuple[TrackingOfLine, ...] = ()


class XeroDocument(XeroModel):
    """The fields of every document. Unpaged lists leave the lines out (docs/xero.md 3.4)."""

    updated_at: Annotated[Moment, Field(alias="UpdatedDateUTC")]
    status: Annotated[InvoiceStatus | str, OPEN]
    contact_xero_id: Annotated[UUID | None, Field(validation_alias=AliasPath("Contact", "ContactID"))] = None
    """None for a transfer, which has no contact."""
    reference: str = ""
    date: Day
    currency: Annotated[Currency, Field(alias="CurrencyCode")]
    currency_rate: Decimal | None = None
    """Units of this currency for one unit of the organisation's base currency, with all digits."""
    line_amount_types: Annotated[LineAmountTypes | str, OPEN] = LineAmountTypes.EXCLUSIVE
    lines: Annotated[tuple[XeroDocumentLine, ...], Field(alias="LineItems")] = ()
    subtotal: Annotated[Money, Field(alias="SubTotal")]
    total_tax: Money
    total: Money
    has_attachments: bool = False


class ContactRef(Form):
    """A reference to a contact. Only the id is sent: with more fields, Xero would change the contact (trap 18)."""

    contact_id: UUID


class TrackingRef(Form):
    """A tracking option by name, such as Location / Auckland."""

    name: str
    option: str


class LineForm(Form):
    """A line to write. Without an id it is new. Lines that are not sent are deleted (docs/xero.md 3.6)."""

    line_item_id: UUID | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_amount: Decimal | None = None
    line_amount: Decimal | None = None
    item_code: str | None = None
    account_code: str | None = None
    account_id: UUID | None = None
    tax_type: str | None = None
    tax_amount: Decimal | None = None
    tracking: tuple[TrackingRef, ...] | None = None


class DocumentForm(Form):
    """The fields that every document is written with. Fields that are None stay as they are."""

    contact: ContactRef | None = None
    reference: str | None = None
    date: dt.date | None = None
    status: InvoiceStatus | None = None
    currency_code: str | None = None
    currency_rate: Decimal | None = None
    line_amount_types: LineAmountTypes | None = None
    line_items: tuple[LineForm, ...] | None = None
