"""What a record waits for or depends on: a typed reference, never a string built by hand.

When anything with a reference changes, whatever names it is checked again.
"""

import datetime as dt
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload
from tieout_schemas.settings import Choices


class Reference(Frozen):
    """One thing: a setting, the connection, a record of the platform, a record of Xero, a moment."""

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
    """A setting of the tenant. Raises KeyError for one that is not declared."""
    if name not in Choices.model_fields:
        raise KeyError(f"{name} is no setting")
    return Reference(kind=SETTING, id=name)


def record(kind: type[Payload], record_id: UUID) -> Reference:
    """A record of the platform (`Vendor`), a record of Xero (`XeroContact`) or of its reference data."""
    return Reference(kind=kind.kind, id=str(record_id))


def moment(at: dt.datetime) -> Reference:
    """A moment: rules see the time, and nothing else would wake them. As text it sorts by time."""
    return Reference(kind=MOMENT, id=at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
