"""What a tenant can choose (MAP-5, MAP-6, CONN-10): every setting once, with its default and its sentence."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field

from tieout_schemas.payload import Frozen, Payload

AccountCode = Annotated[str, Field(min_length=1, max_length=10, pattern=r"^[^\x00-\x1f]+$")]
"""The code of an account in the organisation's chart."""


class Wins(StrEnum):
    """Which of two names stands (CONT-11)."""

    LATEST = "latest"
    PLATFORM = "platform"
    XERO = "xero"


class Settles(StrEnum):
    """What becomes of a conflict (SYS-3)."""

    LATEST = "latest"
    PLATFORM = "platform"
    XERO = "xero"
    ASK = "ask"


class ArrivesAs(StrEnum):
    """How an invoice arrives in Xero (INV-1)."""

    DRAFT = "DRAFT"
    AUTHORISED = "AUTHORISED"


class AccountFor(StrEnum):
    """What an account that a setting names must do."""

    PAYMENTS = "takes payments"
    """Of type BANK, or with "enable payments to this account" (MAP-2)."""
    TRANSFERS = "is a bank account"
    """Xero transfers money between accounts of type BANK alone (MAP-2, PAY-2)."""
    LINES = "takes lines of bills"
    """Neither a bank account nor one that Xero books itself."""


class Choices(Frozen):
    """The settings. A new one is a field here: API, docs, events and history follow."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    outbound_payments: bool = True
    """Payments made here are sent to Xero (PAY-7)."""
    inbound_payments: bool = True
    """Payments entered in Xero are recorded here (PAY-8)."""
    payment_account: Annotated[AccountCode | None, AccountFor.PAYMENTS] = None
    """The account that later payments made elsewhere are booked on, unless they name their own (MAP-6)."""
    clearing_account: Annotated[AccountCode | None, AccountFor.TRANSFERS] = None
    """The account that later payments made by the platform are booked on, unless they name their own (MAP-6, PAY-2)."""
    default_expense_account: Annotated[AccountCode | None, AccountFor.LINES] = None
    """The account of a bill's line that names none (MAP-9)."""
    approved_only_bills: bool = False
    """Nothing but approved bills is sent (BILL-3)."""
    approved_only_vendor_credits: bool = False
    """Nothing but approved vendor credits is sent (CRED-2)."""
    contact_email: bool = True
    """A contact's email syncs."""
    contact_phone: bool = True
    """A contact's phone syncs (CONT-6)."""
    contact_address: bool = True
    """A contact's postal address syncs (CONT-6)."""
    contact_terms: bool = True
    """A contact's payment terms sync."""
    contact_name_wins: Wins = Wins.LATEST
    """Whose name of a contact stands when the two differ (CONT-11)."""
    group_name: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    """The name in the contact groups "Sync to … Vendors"; empty: the platform's own (CONT-2)."""
    items: bool = True
    """Items sync (REF-4)."""
    invoices: bool = True
    """Invoices sync; off, they still classify contacts (CONT-4)."""
    invoices_arrive_as: ArrivesAs = ArrivesAs.DRAFT
    """How an invoice arrives in Xero (INV-1)."""
    invoices_sent_automatically: bool = True
    """Invoices go to Xero by themselves, not on request (INV-1)."""
    history_notes: bool = True
    """Making or changing a contact in Xero adds a note to its history, at the cost of a call (CONT-12)."""
    conflicts: Settles = Settles.LATEST
    """What becomes of a record that both sides changed (SYS-3)."""
    poll_every_minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    """How often Xero is polled for what webhooks do not tell; none: as often as the day's calls allow (CONN-10)."""


class TenantSettings(Choices, Payload):
    """What a tenant chose, as of a version; every decision records the version it used."""

    ce_type: ClassVar = "tieout.settings.v1"
    kind: ClassVar = "settings"

    tenant_id: UUID
    version: int = 0
    """Rises with every change; 0: nothing was ever chosen."""

    @property
    def poll_every(self) -> dt.timedelta | None:
        """The tenant's own schedule of polls (CONN-10)."""
        return None if self.poll_every_minutes is None else dt.timedelta(minutes=self.poll_every_minutes)

    @property
    def key_id(self) -> str:
        return str(self.tenant_id)


def account_for(name: str) -> AccountFor | None:
    """What the account that a setting names must do; None: the setting names no account."""
    return next((use for use in Choices.model_fields[name].metadata if isinstance(use, AccountFor)), None)


def allowed(name: str) -> str:
    """The values a setting takes, in words: `true or false`, `DRAFT or AUTHORISED`, `5 to 1440, or null`."""
    schema = Choices.model_json_schema()
    return _words(schema["properties"][name], schema.get("$defs", {}))


def _words(shape: dict[str, Any], named: dict[str, Any]) -> str:
    if "anyOf" in shape:
        return ", or ".join(_words(one, named) for one in shape["anyOf"])
    if "$ref" in shape:
        shape = named[shape["$ref"].rsplit("/", 1)[1]]
    if "enum" in shape:
        *others, last = shape["enum"]
        return f"{', '.join(others)} or {last}"
    match shape["type"]:
        case "boolean":
            return "true or false"
        case "integer":
            return f"{shape['minimum']} to {shape['maximum']}"
        case "string":
            return f"a text of {shape.get('minLength', 0)} to {shape['maxLength']} characters"
        case other:
            return str(other)
