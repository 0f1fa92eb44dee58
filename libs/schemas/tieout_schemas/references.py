"""References to what a record waits for or depends on: typed, never a string built by hand.

When the referenced thing changes, every record that names it is checked again.
"""

import datetime as dt
from functools import lru_cache
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload
from tieout_schemas.settings import Choices


class Reference(Frozen):
    """A setting, the connection, a record of the platform, a record of Xero, or a moment."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


SETTING = "setting"
"""The kind of a reference to a setting."""
MOMENT = "moment"
"""The kind of a reference to a moment."""
CONNECTION = Reference(kind="connection")
"""The tenant's connection to Xero."""


def setting(name: str) -> Reference:
    """A reference to a setting. Raises KeyError for an unknown setting."""
    if name not in Choices.model_fields:
        raise KeyError(f"{name} is no setting")
    return Reference(kind=SETTING, id=name)


# The same few records are named again and again: a vendor by all its bills.
@lru_cache(maxsize=4096)
def record(kind: type[Payload], record_id: UUID) -> Reference:
    """A reference to a record of the platform (`Vendor`) or of Xero (`XeroContact`, `XeroAccount`)."""
    return Reference(kind=kind.kind, id=str(record_id))


def moment(at: dt.datetime) -> Reference:
    """A reference to a moment, at which the record is checked again. As text, moments sort by time."""
    return Reference(kind=MOMENT, id=at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
