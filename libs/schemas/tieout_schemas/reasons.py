"""Why a record is skipped, held or refused (SYS-2): every reason code, declared once."""

from enum import Enum
from typing import NamedTuple, Self

from tieout_schemas.payload import Payload
from tieout_schemas.platform import Bill, Connection, Vendor
from tieout_schemas.problem import ProblemKind
from tieout_schemas.references import Reference
from tieout_schemas.roles import Role
from tieout_schemas.settings import TenantSettings
from tieout_schemas.xero import XeroInvoice


class Code(NamedTuple):
    """A reason in a bookkeeper's words."""

    what: ProblemKind
    """What became of the record."""
    sentence: str
    """What happened; `{…}` are the problem's parameters."""
    mend: str
    """What to do about it."""
    by: Role
    """Who can do it."""
    closes_on: type[Payload] | None
    """The event by which it closes by itself; None: by a change of the record itself, or not at all."""
    cause: tuple[str, ...] = ()
    """The parameters that name what caused it, where it waits for nothing: records with the same code and the same of
    these are one group."""


class ReasonCode(Enum):
    """What every reason can say of itself; the name is the code."""

    value: Code

    @property
    def code(self) -> str:
        """The code as it travels and is stored: `vendor_not_in_xero`."""
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> Self:
        """The reason behind a stored code. Raises KeyError for an unknown one."""
        return cls[code.upper()]

    def sentence(self, params: dict[str, str]) -> str:
        """The sentence with its parameters filled in."""
        return self.value.sentence.format_map(params)

    def cause(self, params: dict[str, str], on: Reference | None = None) -> str:
        """What groups the records with this reason: the code, and what it waits for or what caused it."""
        return ":".join([self.code, *([str(on)] if on else ()), *(params[name] for name in self.value.cause)])


class Reason(ReasonCode):
    """The reason codes. A new one is one more of these: lists, groups, docs and the API follow."""

    NOT_APPROVED_IN_XERO = Code(
        ProblemKind.HELD,
        "Bill {number} is {status} in Xero and comes in once it is approved there.",
        mend="Approve the bill in Xero.",
        by=Role.BOOKKEEPER,
        closes_on=XeroInvoice,
    )
    ALREADY_PAID_IN_XERO = Code(
        ProblemKind.SKIPPED,
        "Bill {number} was first seen with {paid} paid and {credited} credited, so it stays in Xero only.",
        mend="Nothing to do: only unpaid bills come from Xero.",
        by=Role.BOOKKEEPER,
        closes_on=XeroInvoice,
    )
    GONE_IN_XERO = Code(
        ProblemKind.SKIPPED,
        "Bill {number} was first seen as {status} in Xero, so it stays there only.",
        mend="Nothing to do: only unpaid bills come from Xero.",
        by=Role.BOOKKEEPER,
        closes_on=XeroInvoice,
    )
    NOT_CONNECTED = Code(
        ProblemKind.HELD,
        "This {kind} waits because the organisation is not connected to Xero.",
        mend="Connect the organisation to Xero.",
        by=Role.ADMIN,
        closes_on=Connection,
    )
    VENDOR_NOT_IN_XERO = Code(
        ProblemKind.HELD,
        "Bill {number} waits until its vendor {vendor_id} is in Xero.",
        mend="Nothing to do; if the vendor has a problem of its own, mend that one.",
        by=Role.BOOKKEEPER,
        closes_on=Vendor,
    )
    VENDOR_NOT_HERE_YET = Code(
        ProblemKind.HELD,
        "Bill {number} from Xero waits until its contact {contact_xero_id} has become a vendor here.",
        mend="Nothing to do; if the contact has a problem of its own, mend that one.",
        by=Role.BOOKKEEPER,
        closes_on=Vendor,
    )
    BILL_NOT_IN_XERO = Code(
        ProblemKind.HELD,
        "This payment waits until bill {bill_id} is approved in Xero.",
        mend="Nothing to do; if the bill has a problem of its own, mend that one.",
        by=Role.BOOKKEEPER,
        closes_on=Bill,
    )
    PAYMENT_DOES_NOT_FIT = Code(
        ProblemKind.HELD,
        "This payment of {amount} is not sent because bill {number} {why}.",
        mend="Record the payment in Xero, or make one here that fits the bill.",
        by=Role.APPROVER,
        closes_on=Bill,
    )
    OUTBOUND_PAYMENTS_OFF = Code(
        ProblemKind.HELD,
        "This payment is not sent because outbound payments are off.",
        mend="Turn outbound payments on in the settings.",
        by=Role.ADMIN,
        closes_on=TenantSettings,
    )
    PAYMENT_ACCOUNT_NOT_CHOSEN = Code(
        ProblemKind.HELD,
        "This payment of {amount} waits because no account is chosen for payments made elsewhere.",
        mend="Choose the payment account in the settings.",
        by=Role.ADMIN,
        closes_on=TenantSettings,
    )
    CLEARING_ACCOUNT_NOT_CHOSEN = Code(
        ProblemKind.HELD,
        "This payment of {amount} waits because no clearing account is chosen for payments made by the platform.",
        mend="Choose the clearing account in the settings.",
        by=Role.ADMIN,
        closes_on=TenantSettings,
    )
    EXPENSE_ACCOUNT_NOT_CHOSEN = Code(
        ProblemKind.HELD,
        "Bill {number} waits because a line of it names no account and no default expense account is chosen.",
        mend="Choose the default expense account in the settings, or name an account on each line of the bill.",
        by=Role.ADMIN,
        closes_on=TenantSettings,
    )
    CHANGED_ON_BOTH_SIDES = Code(
        ProblemKind.CONFLICT,
        "This {kind} was changed here and in Xero: {field} is {ours} here and {theirs} in Xero.",
        mend="Choose which of the two stands.",
        by=Role.BOOKKEEPER,
        closes_on=None,
        cause=("field",),
    )
    TWICE_IN_XERO = Code(
        ProblemKind.NOTICE,
        "This {kind} is in Xero twice: as {xero_id}, and as {other}.",
        mend="Remove one of the two in Xero.",
        by=Role.BOOKKEEPER,
        closes_on=None,
    )
    ID_TAKEN = Code(
        ProblemKind.SKIPPED,
        "Xero's {kind} {xero_id} does not come in, since somebody made a record here under the id that it would get.",
        mend="Link the two by hand.",
        by=Role.BOOKKEEPER,
        closes_on=None,
    )
    REFUSED_BY_XERO = Code(
        ProblemKind.REFUSED,
        "Xero refused this {kind}: {messages}",
        mend="Change what Xero objects to and save again, or retry once it is mended in Xero.",
        by=Role.BOOKKEEPER,
        closes_on=None,
        cause=("messages",),
    )
    WRITE_CANCELLED = Code(
        ProblemKind.REFUSED,
        "{by} called this {kind} back before it went to Xero.",
        mend="Retry it when it should go after all.",
        by=Role.BOOKKEEPER,
        closes_on=None,
    )
