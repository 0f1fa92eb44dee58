"""A change of a record, from which a webhook event is made."""

from typing import NamedTuple

from xero_sim.wire import Json


class Change(NamedTuple):
    """One change. `kind` is CREATE or UPDATE. `data`: what the event has besides the id, in some categories."""

    tenant_id: str
    category: str
    resource: str
    resource_id: str
    kind: str
    at_ms: int
    data: Json | None = None
