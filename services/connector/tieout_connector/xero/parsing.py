"""Reads the fields of Xero's JSON by their names, so that an error tells which field of a record cannot be read (F09).

No error quotes a value, except a word that Xero added to an enumeration.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json, wire_name
from tieout_schemas.money import Money

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_NOT_AS_DOCUMENTED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
_LONGEST_WORD = 40


class Unreadable(ValueError):
    """A record that cannot be read: the field, by Xero's name, and what is wrong with it, in a bookkeeper's words."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field} {fault}")
        self.field = field
        self.fault = fault


def required(raw: Json, field: str, read: Callable[[Any], T]) -> T:
    """A field that the record must have. `field` may lead into a part of it: `Contact.ContactID`. Raises Unreadable."""
    value = optional(raw, field, read)
    if value is None:
        raise Unreadable(field, "is missing")
    return value


def optional(raw: Json, field: str, read: Callable[[Any], T]) -> T | None:
    """A field; None if it is absent or empty. Raises Unreadable if it is there and cannot be read."""
    value: Any = raw
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None or value == "":
        return None
    try:
        return read(value)
    except wire.UnknownValue as error:
        raise Unreadable(field, f"has the value {error.value[:_LONGEST_WORD]}, which Tieout does not know") from error
    except _NOT_AS_DOCUMENTED as error:
        raise Unreadable(field, "cannot be read") from error


def word(values: type[E]) -> Callable[[str], E]:
    """Reads a value of one of our enumerations."""
    return lambda text: wire.known(values, text)


def identifier(value: Any) -> UUID:
    """An id."""
    return UUID(value)


def money(raw: Json, field: str, currency: str) -> Money:
    """An amount; an absent one is zero. Raises Unreadable."""
    return optional(raw, field, lambda value: wire.money(value, currency)) or wire.money(None, currency)


def each(raw: Json, field: str, noun: str, read: Callable[[Json], T]) -> tuple[T, ...]:
    """The elements of a list, such as the lines of a bill. Raises Unreadable, which names the field and the element."""
    found = []
    for number, element in enumerate(raw.get(field) or [], 1):
        try:
            found.append(whole(read, element))
        except Unreadable as error:
            raise Unreadable(f"{error.field} of {noun} {number}", error.fault) from error
    return tuple(found)


def whole(read: Callable[[Json], T], raw: Json) -> T:
    """A record. Raises Unreadable, whatever the record is like."""
    try:
        return read(raw)
    except Unreadable:
        raise
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False)[0]["loc"]
        name = str(place[0]) if place else "content"
        raise Unreadable(name if name[:1].isupper() else wire_name(name), "cannot be read") from error
    except _NOT_AS_DOCUMENTED as error:
        raise Unreadable("content", "cannot be read") from error
