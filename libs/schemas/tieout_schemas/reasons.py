"""Why a record is skipped, held or refused (SYS-2): every reason code, declared once."""

from enum import Enum
from typing import NamedTuple

from tieout_schemas.roles import Role


class Code(NamedTuple):
    """A reason in a bookkeeper's words."""

    sentence: str
    """What happened; `{…}` are the problem's parameters."""
    mend: str
    """What to do about it."""
    by: Role
    """Who can do it."""


class Reason(Enum):
    """The reason codes; the name is the code."""

    NOT_APPROVED_IN_XERO = Code(
        "Bill {number} is {status} in Xero and comes in once it is approved there.",
        mend="Approve the bill in Xero.",
        by=Role.BOOKKEEPER,
    )
    ALREADY_PAID_IN_XERO = Code(
        "Bill {number} was first seen with {paid} paid and {credited} credited, so it stays in Xero only.",
        mend="Nothing to do: only unpaid bills come from Xero.",
        by=Role.BOOKKEEPER,
    )
    GONE_IN_XERO = Code(
        "Bill {number} was first seen as {status} in Xero, so it stays there only.",
        mend="Nothing to do: only unpaid bills come from Xero.",
        by=Role.BOOKKEEPER,
    )
    NOT_CONNECTED = Code(
        "This {kind} waits because the organisation is not connected to Xero.",
        mend="Connect the organisation to Xero.",
        by=Role.ADMIN,
    )
    VENDOR_NOT_IN_XERO = Code(
        "Bill {number} waits until its vendor {vendor_id} is in Xero.",
        mend="Nothing to do; if the vendor has a problem of its own, mend that one.",
        by=Role.BOOKKEEPER,
    )
    VENDOR_NOT_HERE_YET = Code(
        "Bill {number} from Xero waits until its contact {contact_xero_id} has become a vendor here.",
        mend="Nothing to do; if the contact has a problem of its own, mend that one.",
        by=Role.BOOKKEEPER,
    )
    BILL_NOT_IN_XERO = Code(
        "This payment waits until bill {bill_id} is approved in Xero.",
        mend="Nothing to do; if the bill has a problem of its own, mend that one.",
        by=Role.BOOKKEEPER,
    )
    PAYMENT_DOES_NOT_FIT = Code(
        "This payment of {amount} is not sent because bill {number} {why}.",
        mend="Record the payment in Xero, or make one here that fits the bill.",
        by=Role.APPROVER,
    )
    OUTBOUND_PAYMENTS_OFF = Code(
        "This payment is not sent because outbound payments are off.",
        mend="Turn outbound payments on in the settings.",
        by=Role.ADMIN,
    )
    REFUSED_BY_XERO = Code(
        "Xero refused this {kind}: {messages}",
        mend="Change what Xero objects to and save again.",
        by=Role.BOOKKEEPER,
    )

    @property
    def code(self) -> str:
        """The code as it travels and is stored: `vendor_not_in_xero`."""
        return self.name.lower()

    @classmethod
    def of(cls, code: str) -> "Reason":
        """The reason behind a stored code. Raises KeyError for an unknown one."""
        return cls[code.upper()]

    def sentence(self, params: dict[str, str]) -> str:
        """The sentence with its parameters filled in."""
        return self.value.sentence.format_map(params)
