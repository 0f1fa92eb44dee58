"""Snapshots of an organisation of Xero and of its currencies, items and contact groups."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from tieout_schemas.money import Currency
from tieout_schemas.payload import Frozen, Payload
from tieout_schemas.xero import ReferenceData


class XeroOrganisation(Payload):
    """The organisation. Source: docs/xero.md 4.11."""

    ce_type: ClassVar = "xero.organisation.v1"
    kind: ClassVar = "organisation"

    xero_id: UUID
    name: str
    active: bool
    base_currency: Currency
    country: str = ""
    """ISO 3166: NZ."""
    edition: str = ""
    """The country's edition of Xero, which decides on taxes: AU, NZ, UK, US or GLOBAL."""
    timezone: str = ""
    """Windows' name of the time zone, without spaces: NEWZEALANDSTANDARDTIME."""
    short_code: str = ""
    """The part of links into Xero that names the organisation."""
    period_lock_date: dt.date | None = None
    """Nothing dated on or before it can change (BILL-8)."""
    end_of_year_lock_date: dt.date | None = None
    """The same, and set by an adviser."""

    @property
    def key_id(self) -> str:
        return str(self.xero_id)


class XeroCurrency(ReferenceData):
    """A currency that documents may use; `code` is its ISO 4217 code. Source: docs/xero.md 4.11."""

    ce_type: ClassVar = "xero.currency.v1"
    kind: ClassVar = "currency"


class XeroPrice(Frozen):
    """The price that an item is bought or sold at, in the organisation's currency, and what its lines are given."""

    unit_price: Decimal | None = None
    account_code: str = ""
    tax_type: str = ""


class XeroItem(ReferenceData):
    """An item; `code` is its natural key (REF-4). Source: docs/xero.md 4.11."""

    ce_type: ClassVar = "xero.item.v1"
    kind: ClassVar = "item"

    xero_id: UUID
    description: str = ""
    purchase_description: str = ""
    purchased: bool
    sold: bool
    purchase: XeroPrice = XeroPrice()
    sale: XeroPrice = XeroPrice()

    @property
    def key_id(self) -> str:
        # The code may change.
        return str(self.xero_id)


class XeroContactGroup(Payload):
    """A contact group. Source: docs/xero.md 4.2."""

    ce_type: ClassVar = "xero.contact-group.v1"
    kind: ClassVar = "contact_group"

    xero_id: UUID
    name: str
    active: bool
    members: tuple[UUID, ...] = ()
    """The contacts in it, by Xero's ids. They are read of our own groups only (CONT-2)."""

    @property
    def key_id(self) -> str:
        return str(self.xero_id)
