"""What we send: forms that hold exactly the names Xero knows. Write strictly: an unknown name is an error, what is
None is left out, and numbers go out digit by digit (wire.dumps).
"""

from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr

from tieout_connector.xero.reading import Json, wire_name


class Form(BaseModel):
    """An element to send. `Secret` fields are shown by no repr; errors do not quote what was given."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=wire_name, populate_by_name=True, hide_input_in_errors=True
    )

    def wire(self) -> Json:
        """As Xero names it."""
        return {name: _plain(value) for name, value in self.model_dump(by_alias=True, exclude_none=True).items()}


Secret = SecretStr


class StatusForm(Form):
    """A change of status alone: LineItems are left out, and so left as they are (xero-api.md 4.3)."""

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
