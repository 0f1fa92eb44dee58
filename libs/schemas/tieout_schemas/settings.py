"""A tenant's settings (MAP-5, MAP-6, CONN-10): each declared once, with its default and its description."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field

from tieout_schemas.payload import Frozen, Payload

_MAX_CODE = 10
AccountCode = Annotated[str, Field(min_length=1, max_length=_MAX_CODE, pattern=r"^[^\x00-\x1f]+$")]
"""The code of an account in the organisation's chart."""


def _id_or_none(value: Any) -> Any:
    """A code in place of the id counts as not chosen, so that settings from before F28 are read and asked for again."""
    return None if isinstance(value, str) and len(value) <= _MAX_CODE else value


AccountId = Annotated[UUID | None, BeforeValidator(_id_or_none)]
"""Xero's id of an account: an account may have no code, or get another one (F28)."""


class NamePolicy(StrEnum):
    """Which name wins when a contact has different names on the two sides (CONT-11)."""

    LATEST = "latest"
    PLATFORM = "platform"
    XERO = "xero"


class ConflictPolicy(StrEnum):
    """Who decides a conflict: the latest change, one of the two sides, or a person (SYS-3)."""

    LATEST = "latest"
    PLATFORM = "platform"
    XERO = "xero"
    ASK = "ask"


class ArrivesAs(StrEnum):
    """The status that an invoice gets in Xero when it is created there (INV-1)."""

    DRAFT = "DRAFT"
    AUTHORISED = "AUTHORISED"


class AccountFor(StrEnum):
    """The use for which a setting names an account."""

    PAYMENTS = "takes payments"
    """Of type BANK, or with "enable payments to this account" (MAP-2)."""
    TRANSFERS = "is a bank account"
    """Of type BANK: Xero transfers money only between such accounts (MAP-2, PAY-2)."""
    LINES = "takes lines of bills"
    """Neither a bank account nor an account that only Xero posts to."""


class Choices(Frozen):
    """The settings. Each is one field here; the API, docs, events and history are derived from it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    outbound_payments: bool = True
    """Payments made here are sent to Xero (PAY-7)."""
    inbound_payments: bool = True
    """Payments entered in Xero are recorded here (PAY-8)."""
    payment_account: Annotated[AccountId, AccountFor.PAYMENTS] = None
    """The account of future payments made outside the platform, unless a payment names its own (MAP-6)."""
    clearing_account: Annotated[AccountId, AccountFor.TRANSFERS] = None
    """The clearing account of future payments made by the platform, unless a payment names its own (MAP-6, PAY-2)."""
    default_expense_account: Annotated[AccountId, AccountFor.LINES] = None
    """The account of a bill's lines that name none (MAP-9)."""
    approved_only_bills: bool = False
    """Only approved bills are sent to Xero (BILL-3)."""
    approved_only_vendor_credits: bool = False
    """Only approved vendor credits are sent to Xero (CRED-2)."""
    contact_email: bool = True
    """A contact's email syncs."""
    contact_phone: bool = True
    """A contact's phone syncs (CONT-6)."""
    contact_address: bool = True
    """A contact's postal address syncs (CONT-6)."""
    contact_terms: bool = True
    """A contact's payment terms sync."""
    contact_name_wins: NamePolicy = NamePolicy.LATEST
    """Which name wins when a contact has different names here and in Xero (CONT-11)."""
    group_name: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    """The name used in the contact groups "Sync to … Vendors"; empty: the platform's name (CONT-2)."""
    items: bool = True
    """Items sync (REF-4)."""
    invoices: bool = True
    """Invoices sync. When this is off, invoices in Xero still make their contacts customers (CONT-4)."""
    invoices_arrive_as: ArrivesAs = ArrivesAs.DRAFT
    """The status that an invoice gets in Xero when it is created there (INV-1)."""
    invoices_sent_automatically: bool = True
    """Invoices are sent to Xero automatically, not on request (INV-1)."""
    history_notes: bool = True
    """Each contact that is created or changed in Xero gets a note in its history; a note costs one call (CONT-12)."""
    conflicts: ConflictPolicy = ConflictPolicy.LATEST
    """Which value wins when both sides changed the same field; `ask`: a person decides (SYS-3)."""
    poll_every_minutes: Annotated[int, Field(ge=5, le=1440)] | None = None
    """How often Xero is polled for changes without a webhook; none: as often as the day's calls allow (CONN-10)."""


class TenantSettings(Choices, Payload):
    """A version of a tenant's settings. Every decision records the version that it used."""

    ce_type: ClassVar = "tieout.settings.v1"
    kind: ClassVar = "settings"

    tenant_id: UUID
    version: int = 0
    """Rises with every change; 0: all settings are the defaults."""

    @property
    def poll_every(self) -> dt.timedelta | None:
        """The tenant's own schedule of polls (CONN-10)."""
        return None if self.poll_every_minutes is None else dt.timedelta(minutes=self.poll_every_minutes)

    @property
    def key_id(self) -> str:
        return str(self.tenant_id)


def account_for(name: str) -> AccountFor | None:
    """The use for which a setting names an account; None: the setting names no account."""
    return next((use for use in Choices.model_fields[name].metadata if isinstance(use, AccountFor)), None)


def allowed(name: str) -> str:
    """The allowed values of a setting, in words: `true or false`, `DRAFT or AUTHORISED`, `5 to 1440, or null`."""
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
        case "string" if shape.get("format") != "uuid":
            return f"a text of {shape.get('minLength', 0)} to {shape['maxLength']} characters"
        case other:
            return "the id or the code of an account" if other == "string" else str(other)
