"""Finds in Xero what an unanswered call may have made, by the mark it bears (design, To Xero)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tieout_connector import snapshots
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.kinds import WRITTEN_AS, Kind
from tieout_connector.intents import Queued, StoredCall
from tieout_connector.model import Org
from tieout_connector.xero import contacts, invoices, wire
from tieout_connector.xero.http import Request
from tieout_kit.postgres import Database
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import BillBody, ContactBody, PaymentBody

_BEFORE = timedelta(days=1)
"""Xero's clock and ours may differ; bills of the same contact in a day are few."""
_AT_ONCE = 20
"""Records asked for in one call: the address stays short (trap 27)."""
_PAGE = 1000

Element = dict[str, Any]


class Lookup:
    """Looks up records that we may have made."""

    def __init__(self, database: Database, caller: Caller, kinds: Mapping[XeroKind, Kind], platform_url: str) -> None:
        self._database = database
        self._caller = caller
        self._kinds = kinds
        self._platform_url = platform_url

    async def find(self, org: Org, call: StoredCall) -> dict[str, Element]:
        """Xero's element of each intent of a call that made its record, by intent id. Raises XeroError."""
        # An update carries the whole state: sent again, it does nothing twice.
        creates = [q for q in call.intents if q.intent.xero_id is None]
        found: dict[str, Element] = {}
        for start in range(0, len(creates), _AT_ONCE):
            part = creates[start : start + _AT_ONCE]
            rows = await self._unlinked(org, call, await self._rows(org, call, part))
            for queued in part:
                fits = self._fits(queued)
                if (raw := next((raw for raw in rows if fits(raw)), None)) is not None:
                    # Two payments may look the same: each answers for one.
                    rows.remove(raw)
                    found[queued.intent.intent_id] = raw
        return found

    async def _rows(self, org: Org, call: StoredCall, part: Sequence[Queued]) -> list[Element]:
        params, since = _question(part, call.first_sent_at)
        resource = call.request["resource"]
        rows: list[Element] = []
        full = True
        page = 0
        while full:
            page += 1
            paged = {**params, "page": str(page), "pageSize": str(_PAGE)}
            request = Request("GET", resource, paged, since)
            answer = await self._caller.read(org, request, part[0].cause.traceparent)
            found = answer.json.get(resource) or []
            rows += found
            full = len(found) >= _PAGE
        return rows

    async def _unlinked(self, org: Org, call: StoredCall, rows: Sequence[Element]) -> list[Element]:
        """Without those an earlier answer told of: a record's former bill, another payment just like this one."""
        kind = WRITTEN_AS[call.intents[0].intent.body.kind]
        id_of = {UUID(raw[self._kinds[kind].id_field]): raw for raw in rows}
        async with self._database.transaction() as tx:
            known = await snapshots.links(tx, org.tenant_id, kind, list(id_of))
        return [raw for xero_id, raw in id_of.items() if xero_id not in known]

    def _fits(self, queued: Queued) -> Callable[[Element], bool]:
        record_id = queued.intent.record.id
        match queued.intent.body:
            case ContactBody():
                return lambda raw: contacts.marker(raw) == record_id
            case BillBody():
                return lambda raw: invoices.marker(raw, self._platform_url) == record_id
            case PaymentBody() as body:
                return lambda raw: _same(raw, body)


def _question(part: Sequence[Queued], sent_at: datetime) -> tuple[dict[str, str], str | None]:
    """What to ask Xero for, and since when."""
    match part[0].intent.body:
        case ContactBody():
            numbers = " OR ".join(f'ContactNumber=="{q.intent.record.id}"' for q in part)
            return {"where": numbers, "includeArchived": "true"}, None
        case BillBody():
            vendors = {str(q.intent.body.contact_xero_id) for q in part if isinstance(q.intent.body, BillBody)}
            return {"ContactIDs": ",".join(sorted(vendors)), "unitdp": "4"}, wire.since(sent_at - _BEFORE)
        case PaymentBody():
            bills = {str(q.intent.body.bill_xero_id) for q in part if isinstance(q.intent.body, PaymentBody)}
            those = " OR ".join(f'Invoice.InvoiceID==guid("{bill}")' for bill in sorted(bills))
            return {"where": f'Status=="AUTHORISED" AND ({those})'}, None


def _same(raw: Element, body: PaymentBody) -> bool:
    """A payment has no mark of ours but its reference: bill, amount, date and reference together name it."""
    return (
        UUID(raw["Invoice"]["InvoiceID"]) == body.bill_xero_id
        and wire.number(raw["Amount"]) == body.amount
        and wire.day(raw["Date"]) == body.date
        and (raw.get("Reference") or "") == body.reference
    )
