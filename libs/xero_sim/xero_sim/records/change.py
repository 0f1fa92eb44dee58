"""A change of a record: what a webhook event is made of."""

from typing import NamedTuple

from xero_sim.wire import Json


class Change(NamedTuple):
    """`kind` is CREATE or UPDATE; `data` is what the event carries beside the id, for the kinds that carry any."""

    tenant_id: str
    category: str
    resource: str
    resource_id: str
    kind: str
    at_ms: int
    data: Json | None = None
