"""F14: no query of ours is longer than Xero takes, and a list that is not found says nothing about its records."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.gateway.fetch import fetch
from tieout_connector.inbound.read_requests import DueRead
from tieout_connector.kinds import FOLLOWED, LISTED, READ_AT_ONCE, SEARCHES
from tieout_connector.xero.errors import MalformedRequest
from tieout_connector.xero.http import LONGEST_QUERY, XeroApi, XeroRequest
from tieout_kit.events import Cause
from tieout_schemas import bodies
from tieout_schemas.bodies import Body
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import WriteIntent

from .making import payment
from .writing import DAY, KINDS, bill, credit, intent, invoice

pytestmark = pytest.mark.field("F14")
MANY = 50


class Sent(Exception):
    """The call that would have been made."""


class Asked:
    """Instead of the gateway's caller: keeps the request."""

    async def read(self, session: object, lane: object, request: XeroRequest, *_: object, **__: object) -> object:
        raise Sent(request)


def length(request: XeroRequest) -> int:
    """Bytes of the query as it leaves, with what is added while pages are read."""
    paged = {"order": "UpdatedDateUTC ASC", "page": "99999"} if "page" in request.params else {}
    params = dict(sorted({**request.params, **paged}.items()))
    return len(httpx.Request(request.method, "http://xero", params=params).url.query)


def httpx_length(request: XeroRequest) -> int:
    """Bytes of the query as it leaves."""
    return len(httpx.Request(request.method, "http://xero", params=dict(sorted(request.params.items()))).url.query)


def body(kind: str) -> Body:
    """A body whose ids are its own."""
    match kind:
        case "contact":
            return bodies.ContactBody(name="n" * 255)
        case "contact_archive":
            return bodies.ContactArchiveBody(contact_xero_id=uuid4())
        case "bill":
            return bill(uuid4(), "x" * 255)
        case "invoice":
            return invoice(uuid4(), "x" * 255)
        case "vendor_credit":
            return credit(uuid4(), "x" * 255)
    return payment(uuid4(), reference="x" * 255)


def intents(kind: str, xero_id: UUID | None) -> Sequence[WriteIntent]:
    """As many as go in one call."""
    most = KINDS[kind].batch_limit(intent(body(kind), xero_id))
    return [intent(body(kind), uuid4() if xero_id else None) for _ in range(min(most, MANY))]


@pytest.mark.parametrize(
    ("kind", "changing"),
    [
        *((kind, False) for kind in ("contact", "contact_archive", "bill", "invoice", "vendor_credit", "payment")),
        *((kind, True) for kind in ("contact", "bill", "invoice", "vendor_credit")),
    ],
)
def test_what_a_call_reads_before_and_after_stays_short(kind: str, *, changing: bool) -> None:
    wanted = intents(kind, UUID(int=1) if changing else None)

    asked = [
        *KINDS[kind].pre_reads(wanted),
        *KINDS[kind].lookup_requests(wanted, dt.datetime.combine(DAY, dt.time(), dt.UTC)),
    ]

    assert asked
    assert max(map(length, asked)) <= LONGEST_QUERY


@pytest.mark.parametrize("text", ["a" * 255, "é" * 255, "🏔" * 255, "% &" * 85])
def test_a_search_is_cut_to_what_fits(text: str) -> None:
    for search in SEARCHES.values():
        request = search(text)
        assert length(request) <= LONGEST_QUERY
        assert text.startswith(request.params["searchTerm"])
        assert len(request.params["searchTerm"]) >= 100


def test_a_search_that_fits_is_not_cut() -> None:
    assert SEARCHES[XeroKind.CONTACT]("a" * 255).params["searchTerm"] == "a" * 255


BY_IDS = [kind for kind in XeroKind if FOLLOWED[kind].listed_by_ids]


async def read_of(kind: XeroKind, count: int) -> XeroRequest:
    """The request that reads so many records together, as it leaves."""
    due = [DueRead(kind, uuid4(), 1, Cause.request()) for _ in range(count)]
    with pytest.raises(Sent) as sent:
        await fetch(cast(Any, Asked()), cast(Any, None), due)
    (request,) = sent.value.args
    assert isinstance(request, XeroRequest)
    return request


@pytest.mark.rule("CONN-9")
@pytest.mark.parametrize("kind", BY_IDS)
async def test_as_many_records_are_read_together_as_fit_in_one_query(kind: XeroKind) -> None:
    most = READ_AT_ONCE[kind]

    request, longer = await read_of(kind, most), await read_of(kind, most + 1)

    assert request.params["IDs"].count(",") == most - 1
    assert most == 50
    assert httpx_length(request) <= LONGEST_QUERY < httpx_length(longer)


def test_no_listing_is_longer() -> None:
    for record, listing in LISTED.values():
        filters = {**listing.filters, **listing.import_filters}
        params = {**filters, "page": "99999", "pageSize": "1000", "unitdp": "4", "includeArchived": "true"}
        assert length(XeroRequest("GET", record.resource.name, params)) <= LONGEST_QUERY


async def test_a_longer_query_never_leaves() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise AssertionError("it was sent")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(MalformedRequest, match="too long"):
            await XeroApi(client, "http://xero").call(
                "t", UUID(int=1), XeroRequest("GET", "Contacts", {"x": "y" * 2047})
            )


def test_a_list_by_ids_can_be_read_one_by_one() -> None:
    listed = XeroRequest("GET", "Invoices", {"page": "1", "unitdp": "4", "IDs": f"{UUID(int=1)},{UUID(int=2)}"})

    assert listed.one_by_one() == [XeroRequest("GET", f"Invoices/{UUID(int=n)}", {"unitdp": "4"}) for n in (1, 2)]
    assert XeroRequest("GET", "Items", {"includeArchived": "true"}).one_by_one() == []


@pytest.mark.rule("CONN-9")
@pytest.mark.parametrize("kind", XeroKind)
async def test_several_announced_records_of_any_kind_are_read_from_a_list_if_xero_has_pages(kind: XeroKind) -> None:
    at = dt.datetime.combine(DAY, dt.time(), dt.UTC)
    due = [DueRead(kind, uuid4(), 1, Cause.request(), named_by_xero=True, changed_by=at) for _ in range(2)]

    with pytest.raises(Sent) as sent:
        await fetch(cast(Any, Asked()), cast(Any, None), due)

    (request,) = sent.value.args
    assert request.of_list is FOLLOWED[kind].resource.paged
