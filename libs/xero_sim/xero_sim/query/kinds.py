"""The types that `where` compares, as Xero's messages name them, and the type of each field."""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

Getter = Callable[[Any], Any]


class Kind(StrEnum):
    """A type. Values of different types cannot be compared, but null can be compared with all of them."""

    TEXT = "String"
    GUID = "Guid"
    MOMENT = "DateTime"
    NUMBER = "Decimal"
    INTEGER = "Int32"
    FLAG = "Boolean"
    NULL = "Object"


class Field(NamedTuple):
    """A field of a record: how its value is read, and its type."""

    get: Getter
    kind: Kind


Resolve = Callable[[str], Field | None]
"""The field of a path such as `Contact.Name`, in any case; None if there is no such field."""
_FLAGS = ("SentToContact", "EnablePaymentsToAccount")
_NUMBERS = ("Amount", "Total", "Tax", "Rate", "Credit", "AmountDue", "AmountPaid", "AmountCredited", "QuantityOnHand")


@cache
def kind_of(path: str) -> Kind:
    """The type of a field, by its name in Xero's spelling: `Contact.ContactID` is a Guid."""
    name = path.rpartition(".")[2]
    if name.endswith("ID"):
        return Kind.GUID
    if "Date" in name:
        return Kind.MOMENT
    if name.startswith(("Is", "Has")) or name in _FLAGS:
        return Kind.FLAG
    return Kind.NUMBER if name.endswith(_NUMBERS) else Kind.TEXT
