"""One element as a client sent it: typed access, and error 14 with the path if a value cannot be read."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from xero_sim.answers import bad_post_data
from xero_sim.money import parse_decimal
from xero_sim.wire import Json, parse_date


class Sent:
    """A JSON object of a request. Null counts as left out, as in Xero. An unreadable value raises Rejected (error 14).

    Names are read without case: Xero's own examples send `name` and `Lineitems`.
    """

    def __init__(self, form: object, path: str) -> None:
        if not isinstance(form, dict):
            raise bad_post_data(f"Expected an object at '{path}'")
        self.form: Json = form
        self.path = path
        self._values = {name.lower(): value for name, value in form.items()}

    def value(self, name: str) -> Any:
        """The value as it was sent, or None if it was left out."""
        return self._values.get(name.lower())

    def has(self, name: str) -> bool:
        """True if the field was sent with a value."""
        return self.value(name) is not None

    def text(self, name: str) -> str | None:
        """Text, or None if it was left out. A number becomes its text, as in Xero."""
        value = self.value(name)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._unreadable(name, "string")
        return str(value)

    def decimal(self, name: str) -> Decimal | None:
        """A number, or None if it was left out."""
        if not self.has(name):
            return None
        try:
            return parse_decimal(self.value(name))
        except ValueError:
            raise self._unreadable(name, "decimal") from None

    def day(self, name: str) -> date | None:
        """A calendar date, or None if it was left out."""
        if not self.has(name) or self.value(name) == "":
            return None
        try:
            return parse_date(self.value(name))
        except ValueError:
            raise self._unreadable(name, "DateTime") from None

    def flag(self, name: str) -> bool | None:
        """True or false, or None if it was left out. The texts "true" and "false" are accepted too."""
        value = self.value(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        raise self._unreadable(name, "boolean")

    def one_of(self, name: str, known: Iterable[str]) -> str | None:
        """A member of an enum in Xero's spelling, or None if it was left out."""
        value = self.text(name)
        if value is None:
            return None
        for member in known:
            if member.lower() == value.lower():
                return member
        raise self._unreadable(name, "enum")

    def part(self, name: str) -> "Sent | None":
        """A nested object, or None if it was left out."""
        return Sent(self.value(name), f"{self.path}.{name}") if self.has(name) else None

    def parts(self, name: str) -> "list[Sent] | None":
        """A nested array of objects, or None if it was left out."""
        if not self.has(name):
            return None
        value = self.value(name)
        if not isinstance(value, list):
            raise self._unreadable(name, "array")
        return [Sent(entry, f"{self.path}.{name}[{i}]") for i, entry in enumerate(value)]

    def _unreadable(self, name: str, kind: str) -> Exception:
        value = self.value(name)
        return bad_post_data(f"Error converting value {value!r} to type '{kind}'. Path '{self.path}.{name}'")
