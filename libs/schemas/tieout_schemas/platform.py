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
    """The steps from no connection to a working one (CONN-4)."""

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
    lost_because: str = ""
    """Why the connection is lost; empty while it is not (CONN-6)."""

    @property
    def key_id(self) -> str:
        return str(self.tenant_id)

    @property
    def open(self) -> bool:
        """Whether writes may be sent to Xero."""
        return self.state in (ConnectionState.IMPORTING, ConnectionState.CONNECTED)


class SyncState(StrEnum):
    """Whether a record is in sync with Xero, and if not, why."""

    IN_STEP = "in_step"
    """Both sides show the same."""
    ON_ITS_WAY = "on_its_way"
    """A change is being written to Xero, or read from Xero."""
    WAITING = "waiting"
    """It waits for what `waits_for` names, and is sent by itself after that."""
    REFUSED = "refused"
    """Xero refused it; a person must change or retry it."""
    CONFLICT = "conflict"
    """Both sides changed the same field; a person must decide (SYS-3)."""
    NOT_FOR_XERO = "not_for_xero"
    """It is not to be in Xero now: a draft, unlinked by hand, or removed in Xero."""


class Sync(Frozen):
    """The public sync state of a record; nothing internal of the sync."""

    state: SyncState = SyncState.ON_ITS_WAY
    xero_id: UUID | None = None
    """The record of Xero that it is linked to."""
    former_xero_ids: tuple[UUID, ...] = ()
    """The records of Xero that it was linked to before, the latest last."""
    created_xero_id: UUID | None = None
    """The last record of Xero that we created for it."""
    gone_in_xero: bool = False
    """The record of Xero is archived, voided or deleted."""
    waits_for: tuple[Reference, ...] = ()
    """What must change before it is sent to Xero."""
    based_on_sequence: int = 0
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
    """The fields of vendors and customers. A vendor and a customer of the same name are one contact in Xero (CONT-5):
    they share all fields but `active`, the `contact_id`, and the sequence of their events."""

    contact_id: UUID
    name: str
    email: str = ""
    phone: str = ""
    address: Address = Address()
    account_number: str = ""
    merged_to: UUID | None = None
    """The contact in Xero that its contact was merged into, until its link has moved there (CONT-14)."""
    active: bool = True
    """Not shared: the vendor may be inactive while the customer of the same contact is active."""


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
    """Where the account of a line comes from (MAP-9)."""

    LINE = "line"
    """The line names it."""
    DEFAULT = "default"
    """The tenant's default at the time when the bill was about to be sent."""


class BillLine(Frozen):
    """A line of a bill; amounts in the bill's currency, tax as `line_amount_types` says."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_amount: Decimal
    account_code: str | None = None
    account_xero_id: UUID | None = None
    """Xero's id of the account, for a line that is in Xero or has the default account; an account may have no code."""
    account_from: AccountFrom = AccountFrom.LINE
    tax_type: str | None = None
    tax_amount: Decimal | None = None
    """The line's tax as somebody entered it, here or in Xero; None: Xero computes it from the tax type."""
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
    printed_total: Decimal | None = None
    """The total that is printed on the vendor's bill, tax included; the bill is checked against it."""
    total: Money | None = None
    """Computed by Xero, tax included; unknown before that."""
    amount_due: Money | None = None
    applied: tuple[Applied, ...] = ()
    """The payments and credits already deducted in `amount_due`, by Xero's ids (PAY-9)."""
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
    account_xero_id: UUID | None = None
    """Xero's id of the account that a setting or the request names; it may have no code (F28)."""
    account_code: str = ""
    """The account's code, if the request names it by its code. With neither, the payment has no account (MAP-4)."""
    reference: str
    deleted_in_xero: bool = False
