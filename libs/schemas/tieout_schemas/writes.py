"""Intents to write to Xero (`xero.write.v1`) and what became of them (`xero.write-result.v1`)."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from tieout_schemas.money import Currency
from tieout_schemas.payload import Frozen, Payload, RecordRef
from tieout_schemas.xero import Address, InvoiceStatus, LineAmountTypes, Tracking


class Lane(StrEnum):
    """Which queue of the gateway a call waits in, first to last (design, The gateway)."""

    PERSON = "person"
    WRITE = "write"
    WEBHOOK = "webhook"
    POLL = "poll"
    IMPORT = "import"
    NOTE = "note"


class ContactBody(Frozen):
    """The whole desired state of a contact. Empty means: leave Xero's as it is."""

    kind: Literal["contact"] = "contact"
    name: str
    email: str = ""
    phone: str = ""
    address: Address = Address()
    account_number: str = ""


class WriteLine(Frozen):
    """A line to write; without `xero_line_id` it is new, and lines not named are deleted (xero-api.md 3.6)."""

    xero_line_id: UUID | None = None
    description: str
    quantity: Decimal
    unit_amount: Decimal
    account_code: str | None
    tax_type: str | None
    tracking: tuple[Tracking, ...] = ()


class BillBody(Frozen):
    """The whole desired state of a bill."""

    kind: Literal["bill"] = "bill"
    contact_xero_id: UUID
    number: str
    status: InvoiceStatus
    date: dt.date
    due_date: dt.date
    currency: Currency
    line_amount_types: LineAmountTypes
    lines: tuple[WriteLine, ...]


class PaymentBody(Frozen):
    """A payment to make on a bill."""

    kind: Literal["payment"] = "payment"
    bill_xero_id: UUID
    account_code: str
    date: dt.date
    amount: Decimal
    currency: Currency
    reference: str


Body = Annotated[ContactBody | BillBody | PaymentBody, Field(discriminator="kind")]


def intent_id(kind: str, record_id: UUID, revision: int, attempt: int) -> str:
    """The id of an intent within its tenant: the same wish always has the same id (design, To Xero)."""
    return f"{kind}:{record_id}:{revision}:{attempt}"


class WriteIntent(Payload):
    """Make Xero's record look like this. Known ids get their result again."""

    ce_type: ClassVar = "xero.write.v1"
    kind: ClassVar = "intent"

    record: RecordRef
    revision: int
    attempt: int = 1
    xero_id: UUID | None = None
    """Xero's id of the record, if it has one: an update. None: a create."""
    lane: Lane = Lane.WRITE
    body: Body

    @property
    def intent_id(self) -> str:
        return intent_id(self.record.kind, self.record.id, self.revision, self.attempt)

    @property
    def key_id(self) -> str:
        return self.intent_id


class Outcome(StrEnum):
    """What became of an intent."""

    DONE = "done"
    REFUSED = "refused"


class WriteResult(Payload):
    """Xero's answer to an intent."""

    ce_type: ClassVar = "xero.write-result.v1"
    kind: ClassVar = "result"

    intent_id: str
    record: RecordRef
    revision: int
    attempt: int
    outcome: Outcome
    xero_id: UUID | None = None
    snapshot_sequence: int = 0
    """The sequence of the snapshot made from the answer: older snapshots say nothing new."""
    messages: tuple[str, ...] = ()
    """Xero's own words when it refused."""

    @property
    def key_id(self) -> str:
        return self.intent_id
