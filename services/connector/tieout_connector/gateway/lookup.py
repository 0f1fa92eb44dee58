"""Finds in Xero what an unanswered call may have made, by the mark it bears (design, To Xero)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.kinds import WRITTEN_AS
from tieout_connector.intents import Queued
from tieout_connector.model import Org
from tieout_connector.xero import contacts, invoices, wire
from tieout_connector.xero.http import Request
from tieout_schemas.writes import BillBody, ContactBody, PaymentBody

_BEFORE = timedelta(minutes=5)
"""Xero's clock and ours may differ by this."""


class Lookup:
    """Looks up records that we may have made."""

    def __init__(self, caller: Caller, platform_url: str) -> None:
        self._caller = caller
        self._platform_url = platform_url

    async def find(self, org: Org, queued: Queued, sent_at: datetime) -> dict[str, Any] | None:
        """The element in Xero's form, None: it was not made. Raises XeroError."""
        intent = queued.intent
        record_id = intent.record.id
        match intent.body:
            case ContactBody():
                params = {"where": f'ContactNumber=="{record_id}"', "includeArchived": "true"}
                return await self._first(org, queued, params, None, lambda raw: contacts.marker(raw) == record_id)
            case BillBody() as body:
                params = {"ContactIDs": str(body.contact_xero_id), "unitdp": "4"}
                return await self._first(
                    org, queued, params, sent_at, lambda raw: invoices.marker(raw, self._platform_url) == record_id
                )
            case PaymentBody() as body:
                params = {"where": f'Invoice.InvoiceID==guid("{body.bill_xero_id}") AND Status=="AUTHORISED"'}
                return await self._first(org, queued, params, None, lambda raw: _same(raw, body))

    async def _first(
        self,
        org: Org,
        queued: Queued,
        params: dict[str, str],
        sent_at: datetime | None,
        fits: Callable[[dict[str, Any]], bool],
    ) -> dict[str, Any] | None:
        resource = {"contact": "Contacts", "invoice": "Invoices", "payment": "Payments"}[
            WRITTEN_AS[queued.intent.body.kind]
        ]
        modified_since = wire.since(sent_at - _BEFORE) if sent_at else None
        page = 1
        while True:
            paged = {**params, "page": str(page), "pageSize": "1000"}
            request = Request("GET", resource, paged, modified_since)
            answer = await self._caller.read(org, request, queued.cause.traceparent)
            rows: list[dict[str, Any]] = answer.json.get(resource) or []
            for raw in rows:
                if fits(raw):
                    return raw
            if len(rows) < 1000:
                return None
            page += 1


def _same(raw: dict[str, Any], body: PaymentBody) -> bool:
    """A payment has no mark of ours but its reference: bill, amount, date and reference together name it."""
    return (
        UUID(raw["Invoice"]["InvoiceID"]) == body.bill_xero_id
        and wire.number(raw["Amount"]) == body.amount
        and wire.day(raw["Date"]) == body.date
        and (raw.get("Reference") or "") == body.reference
    )
