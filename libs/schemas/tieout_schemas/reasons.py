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
    """What is known of a reason code, in a bookkeeper's words."""

    problem_kind: ProblemKind
    """What becomes of the record."""
    sentence: str
    """What happened; `{…}` are the problem's parameters."""
    how_to_fix: str
    """What to do about it."""
    who_can_fix: Role
    """The role that is needed for it."""
    closes_on: type[Payload] | None
    """The event after which the problem may close by itself; None: a person or the record must change first."""
    cause: tuple[str, ...] = ()
    """The parameters that name the cause, for a reason that waits for nothing. Problems with the same code and the same
    values of these parameters are one group."""
    field: str = ""
    """The field of the body that Xero refuses for this reason. The other fields may go without it."""


class ReasonCode(Enum):
    """What every reason code has in common; the member's name is the code."""

    value: Code

    @property
    def code(self) -> str:
        """The code as it is published and stored: `vendor_not_in_xero`."""
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> Self:
        """The reason behind a stored code. Raises KeyError for an unknown one."""
        return cls[code.upper()]

    def sentence(self, params: dict[str, str]) -> str:
        """The sentence with its parameters filled in."""
        return self.value.sentence.format_map(params)

    def cause(self, params: dict[str, str], on: Reference | None = None) -> str:
        """The key of a group of problems: the code, and what the record waits for or what caused the problem."""
        return ":".join([self.code, *([str(on)] if on else ()), *(params[name] for name in self.value.cause)])


class Reason(ReasonCode):
    """The reason codes. Lists, groups, docs and the API are derived from them."""

    NOT_APPROVED_IN_XERO = Code(
        ProblemKind.HELD,
        "Bill {number} is {status} in Xero. It will be imported once it is approved there.",
        how_to_fix="Approve the bill in Xero.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=XeroInvoice,
    )
    ALREADY_PAID_IN_XERO = Code(
        ProblemKind.SKIPPED,
        "Bill {number} already had {paid} paid and {credited} credited when it was first seen, so it is not imported.",
        how_to_fix="Nothing to do: only unpaid bills are imported from Xero.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=XeroInvoice,
    )
    GONE_IN_XERO = Code(
        ProblemKind.SKIPPED,
        "Bill {number} was already {status} in Xero when it was first seen, so it is not imported.",
        how_to_fix="Nothing to do: only unpaid bills are imported from Xero.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=XeroInvoice,
    )
    NOT_CONNECTED = Code(
        ProblemKind.HELD,
        "This {kind} waits because the organisation is not connected to Xero.",
        how_to_fix="Connect the organisation to Xero.",
        who_can_fix=Role.ADMIN,
        closes_on=Connection,
    )
    VENDOR_NOT_IN_XERO = Code(
        ProblemKind.HELD,
        "Bill {number} waits until its vendor {vendor_id} is in Xero.",
        how_to_fix="Nothing to do, unless the vendor has a problem of its own: fix that problem first.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=Vendor,
    )
    VENDOR_MERGED_IN_XERO = Code(
        ProblemKind.HELD,
        "Bill {number} waits because the contact of its vendor {vendor} was merged into another contact in Xero, and "
        "the vendor is not linked to that contact yet.",
        how_to_fix="Nothing to do if the vendor follows within minutes. Otherwise the other contact belongs to another "
        "vendor here: choose that vendor on the bill.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=Vendor,
    )
    VENDOR_ARCHIVED_IN_XERO = Code(
        ProblemKind.HELD,
        "Bill {number} waits because the contact of its vendor {vendor} is archived in Xero.",
        how_to_fix="Restore the contact in Xero, or choose another vendor on the bill.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=Vendor,
    )
    VENDOR_NOT_HERE_YET = Code(
        ProblemKind.HELD,
        "Bill {number} from Xero waits until its contact {contact_xero_id} is a vendor here.",
        how_to_fix="Nothing to do, unless the contact has a problem of its own: fix that problem first.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=Vendor,
    )
    BILL_NOT_IN_XERO = Code(
        ProblemKind.HELD,
        "This payment waits until bill {bill_id} is approved in Xero.",
        how_to_fix="Nothing to do, unless the bill has a problem of its own: fix that problem first.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=Bill,
    )
    PAYMENT_DOES_NOT_FIT = Code(
        ProblemKind.HELD,
        "This payment of {amount} is not sent because bill {number} {why}.",
        how_to_fix="Record the payment in Xero, or make a payment here that fits the bill.",
        who_can_fix=Role.APPROVER,
        closes_on=Bill,
    )
    OUTBOUND_PAYMENTS_OFF = Code(
        ProblemKind.HELD,
        "This payment is not sent to Xero because outbound payments are turned off.",
        how_to_fix="Turn outbound payments on in the settings.",
        who_can_fix=Role.ADMIN,
        closes_on=TenantSettings,
    )
    PAYMENT_ACCOUNT_NOT_CHOSEN = Code(
        ProblemKind.HELD,
        "This payment of {amount} waits because no account is chosen for payments made outside the platform.",
        how_to_fix="Choose the payment account in the settings.",
        who_can_fix=Role.ADMIN,
        closes_on=TenantSettings,
    )
    CLEARING_ACCOUNT_NOT_CHOSEN = Code(
        ProblemKind.HELD,
        "This payment of {amount} waits because no clearing account is chosen for payments made by the platform.",
        how_to_fix="Choose the clearing account in the settings.",
        who_can_fix=Role.ADMIN,
        closes_on=TenantSettings,
    )
    EXPENSE_ACCOUNT_NOT_CHOSEN = Code(
        ProblemKind.HELD,
        "Bill {number} waits because one of its lines has no account and no default expense account is chosen.",
        how_to_fix="Choose the default expense account in the settings, or an account on each line of the bill.",
        who_can_fix=Role.ADMIN,
        closes_on=TenantSettings,
    )
    TOTAL_DIFFERS = Code(
        ProblemKind.NOTICE,
        "Bill {number} comes to {total} in Xero, but {printed} is printed on it.",
        how_to_fix="Enter the tax that is printed on the bill on its lines, or correct the lines or the printed total.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
    )
    CHANGED_ON_BOTH_SIDES = Code(
        ProblemKind.CONFLICT,
        "This {kind} was changed here and in Xero: {field} is {ours} here and {theirs} in Xero.",
        how_to_fix="Choose which of the two values to keep.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
        cause=("field",),
    )
    TWICE_IN_XERO = Code(
        ProblemKind.NOTICE,
        "This {kind} is in Xero twice: as {xero_id}, and as {other}.",
        how_to_fix="Remove one of the two in Xero.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
    )
    ID_TAKEN = Code(
        ProblemKind.SKIPPED,
        "The {kind} {xero_id} in Xero is not imported, because a record here already has the id that it would get.",
        how_to_fix="Link the two records by hand.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
    )
    REFUSED_BY_XERO = Code(
        ProblemKind.REFUSED,
        "Xero refused this {kind}: {messages}",
        how_to_fix="Change what Xero objects to and save again, or fix it in Xero and retry.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
        cause=("messages",),
    )
    XERO_FAILS = Code(
        ProblemKind.HELD,
        "Xero has failed {failures} times when this {kind}, {name}, was sent alone. It is tried again at {again}.",
        how_to_fix="Cancel the write in the queue, change the record and save it again, or wait: Xero is tried again.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
    )
    ACCOUNT_NUMBER_TAKEN = Code(
        ProblemKind.REFUSED,
        "Xero does not take the account number {value} for {name}, because {holder} has it. Everything else was sent.",
        how_to_fix="Give one of the two another account number, and retry.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
        cause=("value",),
        field="account_number",
    )
    NAME_TAKEN = Code(
        ProblemKind.REFUSED,
        "Xero does not take the name {value}, because {holder} has it.",
        how_to_fix="Choose another name here, or give that contact another name in Xero and retry.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
        cause=("value",),
        field="name",
    )
    NAME_OF_ARCHIVED_CONTACT = Code(
        ProblemKind.REFUSED,
        "Xero does not take the name {value}, because {holder} has it.",
        how_to_fix="Restore that contact in Xero, and it is linked by itself; or choose another name here.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
        cause=("value",),
        field="name",
    )
    WRITE_CANCELLED = Code(
        ProblemKind.REFUSED,
        "{by} cancelled this {kind} before it was sent to Xero.",
        how_to_fix="Retry it if it should be sent after all.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
    )
    NOT_READABLE_IN_XERO = Code(
        ProblemKind.HELD,
        "{record} is in Xero but does not come in: its {field} {fault}. See it there: {link}",
        how_to_fix="Correct it in Xero; it is read again then. If Xero shows it right, tell whoever operates Tieout.",
        who_can_fix=Role.BOOKKEEPER,
        closes_on=None,
        cause=("field", "fault"),
    )
    NOT_TAKEN_IN = Code(
        ProblemKind.HELD,
        "A change of the {what} {id} has come but could not be taken in, so what is shown of it may be out of date.",
        how_to_fix="Tell whoever operates Tieout, who sees the reason. Retry once its cause is fixed.",
        who_can_fix=Role.ADMIN,
        closes_on=None,
        cause=("what",),
    )
    NOT_PERMITTED_IN_XERO = Code(
        ProblemKind.HELD,
        "The person who connected the organisation to Xero is not permitted to {action} {what} there.",
        how_to_fix="Give that person the right in Xero; it is tried again every hour. Or disconnect, and connect again "
        "as a person who has the right.",
        who_can_fix=Role.ADMIN,
        closes_on=None,
        cause=("action", "what"),
    )
    SCOPE_MISSING_IN_XERO = Code(
        ProblemKind.HELD,
        "The consent that was given in Xero does not cover to {action} {what} there.",
        how_to_fix="Start the consent once more, and allow access to the same organisation. Nothing needs to be "
        "disconnected; what waits goes on by itself.",
        who_can_fix=Role.ADMIN,
        closes_on=None,
        cause=("action", "what"),
    )
    LIST_NOT_READABLE = Code(
        ProblemKind.HELD,
        "{what} cannot be listed from Xero: {why}.",
        how_to_fix="Nothing to do at first: the list is read again. If this stays, tell whoever operates Tieout.",
        who_can_fix=Role.ADMIN,
        closes_on=None,
        cause=("what",),
    )
    WEBHOOKS_SILENT = Code(
        ProblemKind.HELD,
        "Since {since} Xero has not told of changes of {what}. They still come in, some minutes later.",
        how_to_fix="Tell whoever operates Tieout: the app's webhooks must be enabled again at developer.xero.com. Xero "
        "is asked for changes more often until then.",
        who_can_fix=Role.ADMIN,
        closes_on=None,
        cause=("what",),
    )
