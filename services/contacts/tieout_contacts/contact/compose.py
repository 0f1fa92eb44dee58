"""CONT-5: composes the intent that makes Xero's contact equal to ours."""

from collections.abc import Mapping
from typing import Any

from tieout_contacts.model import Contact
from tieout_kit.sync import Facts
from tieout_schemas.bodies import ContactBody


def compose(_: Contact, __: Facts, parts: Mapping[str, Any]) -> ContactBody:
    """The body. Fields that are not in `parts` stay as they are in Xero: they do not sync, or Xero owns the name."""
    return ContactBody(
        name=parts.get("name"),
        email=parts.get("email"),
        phone=parts.get("phone"),
        address=parts.get("address"),
        account_number=parts.get("account_number"),
    )
