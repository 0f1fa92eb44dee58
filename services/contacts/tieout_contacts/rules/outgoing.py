"""CONT-5: what of a vendor goes to Xero, and when."""

from tieout_kit.sync import Hold, Send, Stay, Verdict
from tieout_schemas.platform import Connection, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import ContactBody


def verdict(vendor: Vendor, connection: Connection) -> Verdict:
    """Whether a vendor may go to Xero now.

    Source: CONT-5 (created there), SYS-10 and CONT-9 (Xero refuses every change of an archived contact).
    """
    if not connection.open:
        return Hold(Reason.NOT_CONNECTED, {"kind": vendor.kind})
    if vendor.archived_in_xero:
        return Stay()
    return Send(body(vendor))


def body(vendor: Vendor) -> ContactBody:
    """The vendor as Xero's contact should be."""
    return ContactBody(
        name=vendor.name,
        email=vendor.email,
        phone=vendor.phone,
        address=vendor.address,
        account_number=vendor.account_number,
    )
