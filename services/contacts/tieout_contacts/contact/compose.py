"""CONT-5: the body that makes Xero's contact look like ours."""

from collections.abc import Mapping
from typing import Any

from tieout_contacts.model import Contact
from tieout_kit.sync import Facts
from tieout_schemas.bodies import ContactBody


def compose(_: Contact, __: Facts, parts: Mapping[str, Any]) -> ContactBody:
    """What is not among the parts is left as it is there: what does not sync, and a name that is Xero's."""
    return ContactBody(
        name=parts.get("name"),
        email=parts.get("email"),
        phone=parts.get("phone"),
        address=parts.get("address"),
        account_number=parts.get("account_number"),
    )
