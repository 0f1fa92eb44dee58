"""What the writer does with a kind of intent, step by step, at the simulated Xero; bodies to do it with."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tieout_connector.kinds import write_kinds
from tieout_connector.kinds.kind import WriteKind
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.http import Upload
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies
from tieout_schemas.bodies import Body, DocumentBody, WriteLine
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes
from tieout_testing.connector import AtXero

PLATFORM = "http://localhost:3000"
KINDS = write_kinds(PLATFORM)
DAY = dt.date(2026, 9, 14)
NEVER = UUID(int=404)
FILE = b"%PDF " * 1000


def intent(body: Body, xero_id: UUID | None = None) -> WriteIntent:
    return WriteIntent(
        record=RecordRef(kind="record", id=uuid4()), effect="main", revision=1, xero_id=xero_id, body=body
    )


def line(price: str = "100", account: str = "453", **more: Any) -> WriteLine:
    usual: dict[str, Any] = {"description": "Paper", "quantity": Decimal(1), "tax_type": None}
    return WriteLine(**{**usual, "unit_amount": Decimal(price), "account_code": account, **more})


def document(kind: type[DocumentBody], contact: UUID, number: str, account: str = "453", **more: Any) -> Any:
    due = {} if kind is bodies.VendorCreditBody else {"due_date": DAY}
    usual: dict[str, Any] = {
        "number": number, "status": InvoiceStatus.AUTHORISED, "date": DAY, "currency": "NZD",
        "line_amount_types": LineAmountTypes.EXCLUSIVE, "lines": (line(account=account),), **due,
    }  # fmt: skip
    return kind(contact_xero_id=contact, **{**usual, **more})


def bill(contact: UUID, number: str = "B-1", **more: Any) -> bodies.BillBody:
    body: bodies.BillBody = document(bodies.BillBody, contact, number, **more)
    return body


def invoice(contact: UUID, number: str = "S-1", **more: Any) -> bodies.InvoiceBody:
    body: bodies.InvoiceBody = document(bodies.InvoiceBody, contact, number, **{"account": "200", **more})
    return body


def credit(contact: UUID, number: str = "C-1", **more: Any) -> bodies.VendorCreditBody:
    body: bodies.VendorCreditBody = document(bodies.VendorCreditBody, contact, number, **more)
    return body


class Writing:
    """What the writer does with a kind, step by step."""

    def __init__(self, xero: AtXero) -> None:
        self.xero = xero

    async def ask(self, requests: Sequence[Any]) -> list[Json]:
        """The answers, all pages; a 404 shows nothing."""
        contents = []
        for request in requests:
            page, pages = 1, 1
            while page <= pages:
                paged = {**request.params, "page": str(page)} if "page" in request.params else request.params
                try:
                    content = (await self.xero.call(replace(request, params=paged))).json
                except RefusedRequest:
                    break
                contents.append(content)
                pages = content.get("pagination", {}).get("pageCount", 1) if "page" in request.params else 1
                page += 1
        return contents

    async def now(self, *wanted: WriteIntent) -> Mapping[str, Json]:
        kind = kind_of(*wanted)
        return kind.current_state(await self.ask(kind.pre_reads(wanted)), wanted)

    async def send(self, *wanted: WriteIntent, now: Mapping[str, Json] | None = None) -> Sequence[Json]:
        """Xero's element of each."""
        kind = kind_of(*wanted)
        composed = kind.compose(wanted, await self.now(*wanted) if now is None else now)
        body = Upload("application/pdf", len(FILE), pieces()) if composed.stored_file else composed.body or None
        answer = await self.xero.call(replace(composed.request, key=str(uuid4())), body)
        answered = kind.answered(answer.json, wanted)
        return [answered[each.intent_id] for each in wanted]

    async def found(
        self, *wanted: WriteIntent, since: dt.datetime, before: Mapping[str, Json] = {}, taken: Set[UUID] = frozenset()
    ) -> Mapping[str, Json]:
        kind = kind_of(*wanted)
        return kind.match_results(wanted, await self.ask(kind.lookup_requests(wanted, since)), before, since, taken)

    async def make(self, body: Body) -> UUID:
        """Made; its id."""
        wanted = intent(body)
        (element,) = await self.send(wanted)
        assert not refusal_of(element), element
        xero_id = kind_of(wanted).xero_id(element, wanted)
        assert xero_id
        return xero_id

    async def contact(self, name: str = "Paper Ltd") -> UUID:
        return await self.make(bodies.ContactBody(name=name))

    async def bill(self, contact: UUID | None = None, **more: Any) -> UUID:
        return await self.make(bill(contact or await self.contact(), **more))

    async def account(self, code: str) -> UUID:
        (account,) = [each for each in await self.state("Accounts") if each.get("Code") == code]
        return UUID(account["AccountID"])

    async def state(self, kind: str) -> list[Json]:
        return list((await self.xero.control.state(self.xero.org_id, kind))[kind])


def kind_of(*wanted: WriteIntent) -> WriteKind:
    (kind,) = {intent.body.kind for intent in wanted}
    assert len({KINDS[kind].batch_key(each) for each in wanted}) == 1, "these do not go together"
    assert len(wanted) <= KINDS[kind].max_per_call
    return KINDS[kind]


async def pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(FILE), 1024):
        yield FILE[start : start + 1024]
