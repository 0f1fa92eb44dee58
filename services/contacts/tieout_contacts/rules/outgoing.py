"""CONT-5, CONT-11, MAP-5: what of a vendor goes to Xero, and when."""

from tieout_contacts.rules.fields import off
from tieout_kit.sync import Hold, Send, Stay, Verdict
from tieout_schemas.platform import Connection, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import Choices, TenantSettings, Wins
from tieout_schemas.writes import ContactBody


def verdict(vendor: Vendor, connection: Connection, settings: TenantSettings) -> Verdict:
    """Whether a vendor may go to Xero now.

    Source: CONT-5 (created there), SYS-10 and CONT-9 (Xero refuses every change of an archived contact).
    """
    if not connection.open:
        return Hold(Reason.NOT_CONNECTED, {"kind": vendor.kind})
    if vendor.archived_in_xero:
        return Stay()
    return Send(body(vendor, settings))


def body(vendor: Vendor, chosen: Choices) -> ContactBody:
    """The vendor as Xero's contact should be; what is empty is left as it is there.

    Source: MAP-5 (the fields that sync), CONT-11 (where Xero's name wins, it is given only to what is made there).
    """
    whole = ContactBody(
        name=vendor.name,
        email=vendor.email,
        phone=vendor.phone,
        address=vendor.address,
        account_number=vendor.account_number,
    )
    theirs = {"name": ""} if chosen.contact_name_wins is Wins.XERO and vendor.sync.xero_id else {}
    return whole.model_copy(update={**off(chosen), **theirs})
