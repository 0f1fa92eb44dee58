"""The platform's own records as other systems see them (`tieout.*.v1`): public, versioned, full state."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.money import Currency, Money
from tieout_schemas.payload import Frozen, Origin, Payload
from tieout_schemas.roles import Feature
from tieout_schemas.xero import Address, InvoiceStatus, LineAmountTypes, Tracking


class ConnectionState(StrEnum):
    """CONN-4."""

    DISCONNECTED = "disconnected"
    AUTHORISING = "authorising"
    CHOOSING_ORG = "choosing_org"
    MAPPING = "mapping"
    IMPORTING = "importing"
    CONNECTED = "connected"
    CONNECTION_LOST = "connection_lost"


class Connection(Payload):
    """A tenant's connection to its Xero organisation."""

    ce_type: ClassVar = "tieout.connection.v1"
    kind: ClassVar = "connection"

    tenant_id: UUID
    state: ConnectionState
    org_id: UUID | None = None
    org_name: str = ""
    closed: tuple[Feature, ...] = ()
    """The features that the tenant's plan does not have (SYS-11)."""

    @property
    def key_id(self) -> str:
        return str(self.tenant_id)

    @property
    def open(self) -> bool:
        """Writes may go out."""
        return self.state in (ConnectionState.IMPORTING, ConnectionState.CONNECTED)


class Sync(Frozen):
    """How far a record is in step with Xero: reconciled, not scripted (design, The way of a change)."""

    desired: int = 0
    """The revision that should be in Xero; 0: nothing to send."""
    sent: int = 0
    """The revision last handed to the gateway."""
    acknowledged: int = 0
    """The revision Xero last accepted."""
    refused: int = 0
    """The revision Xero last refused; it is not sent again unless somebody changes or retries it."""
    attempt: int = 1
    """Rises only when a refused revision is retried, or what was sent turned out to be stale."""
    in_flight: bool = False
    """An intent is out and unanswered; there is never a second one."""
    xero_id: UUID | None = None
    """Xero's id of the record."""
    xero_sequence: int = 0
    """The sequence of the newest snapshot or result taken in."""
    stale_until: int = 0
    """Nothing is sent before a snapshot of this sequence is taken in: Xero's record was changed there (SYS-3)."""
    held: str | None = None
    """The reason code while a write waits."""


class PlatformRecord(Payload):
    """A record the platform owns."""

    id: UUID
    sync: Sync
    origin: Origin

    @property
    def key_id(self) -> str:
        return str(self.id)


class Vendor(PlatformRecord):
    """A vendor."""

    ce_type: ClassVar = "tieout.vendor.v1"
    kind: ClassVar = "vendor"

    name: str
    email: str = ""
    phone: str = ""
    address: Address = Address()
    account_number: str = ""
    active: bool = True
    archived_in_xero: bool = False


class BillStatus(StrEnum):
    """A bill's approval here (BILL-2)."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"


class AccountFrom(StrEnum):
    """Where a line has its account from (MAP-9)."""

    LINE = "line"
    """Itself."""
    DEFAULT = "default"
    """The tenant's default, as it was when the bill was about to be sent."""


class BillLine(Frozen):
    """A line of a bill; amounts in the bill's currency, tax as `line_amount_types` says."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_amount: Decimal
    account_code: str | None = None
    account_from: AccountFrom = AccountFrom.LINE
    tax_type: str | None = None
    tracking: tuple[Tracking, ...] = ()
    xero_line_id: UUID | None = None


class Bill(PlatformRecord):
    """A bill."""

    ce_type: ClassVar = "tieout.bill.v1"
    kind: ClassVar = "bill"

    vendor_id: UUID
    number: str
    status: BillStatus
    date: dt.date
    due_date: dt.date
    currency: Currency
    line_amount_types: LineAmountTypes
    lines: tuple[BillLine, ...]
    total: Money | None = None
    """As Xero computed it, tax included; unknown until it has."""
    amount_due: Money | None = None
    xero_status: InvoiceStatus | None = None
    paid: bool = False


class PaymentMethod(StrEnum):
    """How the money moves (PAY-1)."""

    ACH = "ach"
    CHECK = "check"
    OFFLINE = "offline"


class Payment(PlatformRecord):
    """A payment of a bill."""

    ce_type: ClassVar = "tieout.payment.v1"
    kind: ClassVar = "payment"

    bill_id: UUID
    method: PaymentMethod
    date: dt.date
    amount: Money
    account_code: str = ""
    """The account it is booked on; empty while neither it nor a setting names one (MAP-4)."""
    reference: str
    deleted_in_xero: bool = False
