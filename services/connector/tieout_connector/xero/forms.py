"""Forms: the elements that we send. They are strict: only names that Xero knows are allowed, fields that are None are
left out, and numbers are sent digit by digit (wire.dumps).
"""

from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr

from tieout_connector.xero.models import Json, wire_name


class Form(BaseModel):
    """An element to send. No repr shows `Secret` fields, and errors do not quote values."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=wire_name, populate_by_name=True, hide_input_in_errors=True
    )

    def wire(self) -> Json:
        """The element by Xero's names."""
        return {name: _plain(value) for name, value in self.model_dump(by_alias=True, exclude_none=True).items()}


Secret = SecretStr


class StatusForm(Form):
    """A change of the status alone. LineItems are left out, so Xero keeps them (docs/xero.md 4.3)."""

    status: str


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case Enum():
            return value.value
        case UUID():
            return str(value)
        case None | bool() | int() | str() | Decimal() | SecretStr():
            return value
        case _:
            return value.isoformat()
