"""The platform's own records as other systems see them (`tieout.*.v1`): public, versioned, full state."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.money import Currency, Money
from tieout_schemas.payload import Frozen, Origin, Payload
from tieout_schemas.references import Reference
from tieout_schemas.roles import Feature
from tieout_schemas.xero import Address, Applied, InvoiceStatus, LineAmountTypes, Tracking


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


class SyncState(StrEnum):
    """How a record stands to Xero."""

    IN_STEP = "in_step"
    """Both sides show the same."""
    ON_ITS_WAY = "on_its_way"
    """Something of it is being written to Xero, or read from there."""
    WAITING = "waiting"
    """It waits for what `waits_for` names, and goes by itself then."""
    REFUSED = "refused"
    """Xero refused it; a person changes or retries it."""
    CONFLICT = "conflict"
    """Both sides changed the same field, and a person decides (SYS-3)."""
    NOT_FOR_XERO = "not_for_xero"
    """It has no place in Xero now: a draft, unlinked by hand, or gone there."""


class Sync(Frozen):
    """How a record stands to Xero, for everybody: nothing of the machinery of the sync."""

    state: SyncState = SyncState.ON_ITS_WAY
    xero_id: UUID | None = None
    """Xero's record that it is linked to."""
    former: tuple[UUID, ...] = ()
    """Xero's records that it was linked to before, the latest last."""
    made: UUID | None = None
    """The last record of Xero that was made for it."""
    gone: bool = False
    """Xero's record is archived, voided or deleted."""
    waits_for: tuple[Reference, ...] = ()
    """What must happen before it goes to Xero."""
    seen: int = 0
    """The sequence of the newest snapshot of Xero's record that this state is based on."""


class PlatformRecord(Payload):
    """A record the platform owns."""

    id: UUID
    sync: Sync = Sync()
    origin: Origin

    @property
    def key_id(self) -> str:
        return str(self.id)


class ContactRole(PlatformRecord):
    """What a vendor and a customer have in common. Of one name, they are one contact in Xero (CONT-5): what both show
    of it is shared, and so are `contact_id` and the sequence of their events."""

    contact_id: UUID
    name: str
    email: str = ""
    phone: str = ""
    address: Address = Address()
    account_number: str = ""
    active: bool = True
    """The role's own: of one contact the vendor may be inactive and the customer not."""


class Vendor(ContactRole):
    """A vendor."""

    ce_type: ClassVar = "tieout.vendor.v1"
    kind: ClassVar = "vendor"


class Customer(ContactRole):
    """A customer."""

    ce_type: ClassVar = "tieout.customer.v1"
    kind: ClassVar = "customer"


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
    account_xero_id: UUID | None = None
    """Xero's id of the account, of a line that Xero has: a bank account may have no code."""
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
    applied: tuple[Applied, ...] = ()
    """The payments and credits that `amount_due` holds, by Xero's ids (PAY-9)."""
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
