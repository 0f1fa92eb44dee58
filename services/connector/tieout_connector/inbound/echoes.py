"""Saves reads that webhooks ask for and that would show nothing new: mostly echoes of our own writes (SYS-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tieout_connector.inbound.echoes_rules import is_shown
from tieout_connector.inbound.read_requests import ReadRequest
from tieout_kit.postgres import Tx, queries
from tieout_schemas.signals import XeroKind

_SQL = queries.load("tieout_connector", "echoes.sql")


async def still_needed(tx: Tx, requests: Sequence[ReadRequest]) -> Sequence[ReadRequest]:
    """The requests whose change the stored state of their record does not show, with the type that it shows."""
    asked = [request for request in requests if request.changed_by]
    rows = await tx.db.fetch(
        *_SQL["shown"](
            tenant_ids=[request.tenant_id for request in asked],
            kinds=[request.kind for request in asked],
            xero_ids=[str(request.xero_id) for request in asked],
        )
    )
    states = {(row["tenant_id"], row["kind"], UUID(row["xero_id"])): row for row in rows}
    needed = []
    for request in requests:
        state = states.get((request.tenant_id, request.kind, request.xero_id))
        if state and request.changed_by and is_shown(request.changed_by, state["shown_at"]):
            continue
        known = request.document_type or (state["document_type"] if state else None)
        needed.append(replace(request, document_type=known))
    return needed


async def forget(tx: Tx, tenant_id: UUID, kind: XeroKind, shown: Mapping[UUID, datetime]) -> None:
    """Delete the requests for records whose states were stored just now, where these show what webhooks announced: an
    echo may come before the answer to its write. `shown`: by Xero's id, the UpdatedDateUTC of each state."""
    rows = await tx.db.fetch(*_SQL["announced"](tenant_id=tenant_id, kind=kind, xero_ids=sorted(shown)))
    seen = [row["xero_id"] for row in rows if is_shown(row["changed_by"], shown[row["xero_id"]])]
    if seen:
        await tx.db.execute(*_SQL["forget"](tenant_id=tenant_id, kind=kind, xero_ids=seen))
