"""CONT-10, MAP-5: the fields that a vendor and a Xero contact share, which sync, and which side's a field is."""

from typing import Any

from tieout_schemas.platform import Vendor
from tieout_schemas.settings import Choices
from tieout_schemas.xero import Address, XeroContact

_SHARED = ("name", "email", "phone", "address", "account_number")
_EMPTY = ("", Address())


def off(chosen: Choices) -> dict[str, Any]:
    """The fields that the tenant does not want to sync, as if they were empty: so either side keeps its own (MAP-5)."""
    empty = {"email": "", "phone": "", "address": Address()}
    return {field: value for field, value in empty.items() if not getattr(chosen, f"contact_{field}")}


def first_set(first: Vendor | XeroContact | dict[str, Any], second: Vendor | XeroContact) -> dict[str, Any]:
    """Each shared field as the first has it, or where that is empty, as the second has it."""
    said = first if isinstance(first, dict) else {field: getattr(first, field) for field in _SHARED}
    return {field: getattr(second, field) if said[field] in _EMPTY else said[field] for field in _SHARED}
