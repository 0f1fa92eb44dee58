"""CONT-10: the fields that a vendor and a Xero contact share, and which side's a field is."""

from typing import Any

from tieout_schemas.platform import Vendor
from tieout_schemas.xero import Address, XeroContact

_SHARED = ("name", "email", "phone", "address", "account_number")
_EMPTY = ("", Address())


def first_set(first: Vendor | XeroContact | dict[str, Any], second: Vendor | XeroContact) -> dict[str, Any]:
    """Each shared field as the first has it, or where that is empty, as the second has it."""
    said = first if isinstance(first, dict) else {field: getattr(first, field) for field in _SHARED}
    return {field: getattr(second, field) if said[field] in _EMPTY else said[field] for field in _SHARED}
