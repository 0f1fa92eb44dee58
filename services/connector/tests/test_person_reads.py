"""A person looks into Xero: asked for by the API, read by whoever owns the shard, answered or said when (CONN-9)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from tieout_connector.api import xero_records as api_xero_records
from tieout_connector.inbound import interactive_reads
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.interactive_reads import PATIENCE
from tieout_connector.kinds import SEARCHES
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.http import XeroApi
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Keys
from tieout_kit.postgres.notifications import Notifications
from tieout_local import keys as local
from tieout_schemas.signals import XeroKind
from tieout_testing.access_sweep import nothing_closed
from tieout_testing.connector import ConnectorHarness
from tieout_testing.kafka import running

pytestmark = pytest.mark.real
ACCOUNT = "01-0902-0068389-00"


class Desk:
    """A person before a page of one connected tenant, and the owner of its shard."""

    def __init__(
        self, harness: ConnectorHarness, http: httpx.AsyncClient, keys: local.SigningKeys, look_every_s: float
    ) -> None:
        self.harness, self.http, self.keys, self.look_every_s = harness, http, keys, look_every_s
        self.whole: list[Sequence[dict[str, Any]]] = []
        """What each answer gave the reader to take as snapshots."""

    async def look(self, path: str, **params: str) -> httpx.Response:
        token = self.keys.token("ana", [str(self.harness.tenant_id)], ("viewer",))
        url = f"/tenants/{self.harness.tenant_id}/xero/{path}"
        return await self.http.get(url, params=params, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    @asynccontextmanager
    async def owned(self) -> AsyncIterator[None]:
        """Somebody makes the calls that people wait for, inside."""
        work = Notifications(self.harness.database, "tieout_work", self.look_every_s)
        async with running(work.run(), self._own(work)):
            yield

    async def _own(self, work: Notifications) -> None:
        ((token_set,),) = await self.harness.sql("select token_set_id from connection")
        access = (await self.harness.tokens.access(token_set)).access
        api, database = XeroApi(self.harness.client, self.harness.control.url), self.harness.database
        while True:
            work.clear()
            async with database.transaction() as tx:
                read = await interactive_reads.next_waiting(tx, self.harness.tenant_id, ())
            if read is None:
                await work.wait()
                continue
            try:
                content = (await api.call(access, UUID(self.harness.org_id), read.request)).json
            except RefusedRequest:
                content = {}
            async with database.transaction() as tx:
                self.whole.append(await interactive_reads.store_answer(tx, read, content))

    async def left(self) -> int:
        return int((await self.harness.sql("select count(*) from person_read"))[0][0])


@asynccontextmanager
async def desk_of(
    harness: ConnectorHarness, signing: local.SigningKeys, patience: timedelta = PATIENCE, look_every_s: float = 0.1
) -> AsyncIterator[Desk]:
    app = make_app("connector", "", Keys(signing.jwks_url, local.ISSUER), nothing_closed)
    answers = InteractiveAnswers(harness.api_database, patience, look_every_s)
    app.state.database, app.state.answers = harness.api_database, answers
    app.include_router(api_xero_records.router)
    await harness.connect_idle()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://us") as http, running(answers.run()):
        yield Desk(harness, http, signing, look_every_s)


@pytest_asyncio.fixture
async def desk(harness: ConnectorHarness, signing: local.SigningKeys) -> AsyncIterator[Desk]:
    async with desk_of(harness, signing) as made:
        yield made


async def test_contacts_are_found_by_a_part_of_their_name_and_no_more_than_fit_a_page(desk: Desk) -> None:
    for name in ("Paper Ltd", "Kea Café", "Newspaper Kiosk"):
        await desk.harness.their_contact(name)
    for n in range(21):
        await desk.harness.their_contact(f"Vendor {n:02}")
    async with desk.owned():
        found = await desk.look("contacts", search="PAPER")
        many = await desk.look("contacts", search="vendor")

    assert [one["name"] for one in found.json()["items"]] == ["Paper Ltd", "Newspaper Kiosk"]
    assert len(many.json()["items"]) == 20
    calls = [call for call in await desk.harness.control.calls() if call["method"] == "GET"]
    assert ["summaryOnly=true" in str(call) for call in calls] == [True, True]
    # A summary is no whole record: nothing of it is taken as a snapshot.
    assert desk.whole == [[], []]


async def test_one_record_is_shown_as_it_is_in_xero_and_given_back_whole(desk: Desk) -> None:
    contact = await desk.harness.their_contact("Paper Ltd")
    bill = await desk.harness.their_bill(contact)
    record_id = uuid4()
    await desk.harness.sql(
        "insert into snapshot values ($1, 'xero_contact', $2, 1, '', $3)", desk.harness.tenant_id, contact, record_id
    )
    async with desk.owned():
        shown = (await desk.look(f"contacts/{contact}")).json()
        invoice = (await desk.look(f"invoices/{bill}")).json()

    assert (shown["name"], shown["xero_id"], shown["record_id"]) == ("Paper Ltd", contact, str(record_id))
    assert (invoice["total"], invoice["record_id"]) == ({"amount": "115.00", "currency": "NZD"}, None)
    assert [len(invoice["lines"]), invoice["lines"][0]["description"]] == [1, "Paper"]
    assert [raws[0].get("ContactID") or raws[0]["InvoiceID"] for raws in desk.whole] == [contact, bill]
    assert await desk.left() == 0


async def test_bank_details_are_neither_told_nor_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = await desk.harness.control.act(
        desk.harness.org_id, "create_contact", Name="Paper Ltd", BankAccountDetails=ACCOUNT, TaxNumber="49-091-850"
    )
    stored: list[str] = []
    real = interactive_reads.remove

    async def look_first(tx: Any, asked: Any) -> None:
        stored.extend(str(row[0]) for row in await tx.db.fetch("select row_to_json(p)::text from person_read p"))
        await real(tx, asked)

    monkeypatch.setattr(interactive_reads, "remove", look_first)
    async with desk.owned():
        shown = await desk.look(f"contacts/{contact}")
        found = await desk.look("contacts", search="Paper")

    assert (shown.status_code, found.status_code) == (200, 200)
    assert ACCOUNT in str(desk.whole[0])
    said = shown.text + found.text + "".join(stored)
    assert "Paper Ltd" in said
    assert [secret for secret in (ACCOUNT, "49-091-850") if secret in said] == []


async def test_what_xero_does_not_have_is_404(desk: Desk) -> None:
    async with desk.owned():
        answers = [await desk.look(f"{what}/{uuid4()}") for what in ("contacts", "invoices", "payments")]

    assert [(one.status_code, one.json()["title"]) for one in answers] == [
        (404, "Xero has no such contact"),
        (404, "Xero has no such invoice"),
        (404, "Xero has no such payment"),
    ]
    assert (await desk.look("items/x")).status_code == 422


async def test_thirty_people_get_each_their_own_answer_as_soon_as_it_is_there(
    harness: ConnectorHarness, signing: local.SigningKeys
) -> None:
    # By the bell alone, and no tick: nobody waits longer than the call takes.
    async with desk_of(harness, signing, look_every_s=30) as desk:
        contacts = {await harness.their_contact(f"Vendor {n:02}"): f"Vendor {n:02}" for n in range(30)}
        async with desk.owned():
            await harness.until("select count(*) >= 2 from pg_stat_activity where query ilike 'listen%'", True)
            async with asyncio.timeout(15):
                shown = await asyncio.gather(*(desk.look(f"contacts/{contact}") for contact in contacts))

        assert [one.json()["name"] for one in shown] == list(contacts.values())
        assert await desk.left() == 0


async def test_who_waits_too_long_is_told_so_and_nothing_is_read_for_them_any_more(
    harness: ConnectorHarness, signing: local.SigningKeys
) -> None:
    async with desk_of(harness, signing, patience=timedelta(seconds=0.3)) as desk:
        answer = await desk.look("contacts", search="Kea")

        assert (answer.status_code, answer.json()["title"]) == (503, "Xero was not read within 0.3 seconds; try again")
        assert await desk.left() == 0


async def test_what_cannot_be_read_is_said_with_the_moment(desk: Desk) -> None:
    until = desk.harness.clock() + timedelta(minutes=3)
    asking = asyncio.create_task(desk.look("contacts", search="Kea"))
    await desk.harness.until("select count(*) from person_read", 1)
    async with desk.harness.database.transaction() as tx:
        read = await interactive_reads.next_waiting(tx, desk.harness.tenant_id, ())
        assert read
        # Whoever reads one already is given the next.
        assert await interactive_reads.next_waiting(tx, desk.harness.tenant_id, {read.id}) is None
        await interactive_reads.store_failure(tx, read, "Xero answered 503", until)
    answer = await asking

    assert (answer.status_code, answer.json()["title"]) == (503, "Xero answered 503")
    assert datetime.fromisoformat(answer.json()["until"]) == until
    assert parsedate_to_datetime(answer.headers["Retry-After"]) == until.replace(microsecond=0)
    assert await desk.left() == 0


async def test_a_record_that_is_not_as_documented_is_said_to_be_so(desk: Desk) -> None:
    asking = asyncio.create_task(desk.look(f"contacts/{uuid4()}"))
    await desk.harness.until("select count(*) from person_read", 1)
    async with desk.harness.database.transaction() as tx:
        read = await interactive_reads.next_waiting(tx, desk.harness.tenant_id, ())
        assert read
        # The reader makes a problem of it.
        assert await interactive_reads.store_answer(tx, read, {"Contacts": [{"ContactID": "x"}]}) == [
            {"ContactID": "x"}
        ]
    answer = await asking

    assert (answer.status_code, "this cannot be shown" in answer.json()["title"]) == (503, True)


async def test_when_no_call_is_free_in_time_nobody_is_kept_waiting(desk: Desk) -> None:
    now = desk.harness.clock()
    for day, parked, sentence in (
        (5000, None, "The organisation's calls of this day are used, until "),
        (0, now + timedelta(minutes=1), "Xero asked us to wait until "),
    ):
        await desk.harness.sql("delete from budget")
        spent = "insert into budget values ($1, '{}', $2, $3, 5000, $4, 'too many calls (minute)')"
        await desk.harness.sql(spent, desk.harness.tenant_id, now.date(), day, parked)

        answer = await desk.look("contacts", search="Kea")

        assert (answer.status_code, answer.json()["title"].startswith(sentence)) == (503, True)
        assert datetime.fromisoformat(answer.json()["until"]) > now
    assert await desk.left() == 0


async def test_a_tenant_that_is_not_connected_is_told_so(desk: Desk) -> None:
    await desk.harness.sql("update connection set state = 'connection_lost'")

    answer = await desk.look("contacts", search="Kea")

    assert (answer.status_code, answer.json()["title"]) == (409, "the organisation is not connected to Xero")


async def test_what_nobody_fetched_is_purged(desk: Desk) -> None:
    harness = desk.harness
    for seconds in (3600, 0):
        async with harness.database.transaction() as tx:
            request = SEARCHES[XeroKind.CONTACT]("Kea")
            await interactive_reads.add(tx, harness.tenant_id, XeroKind.CONTACT, request, connected=True)
        harness.clock.ahead += timedelta(seconds=seconds)

    await harness.connections.tidy()
    assert await desk.left() == 1


@pytest.mark.parametrize("search", ["", "K", "a\x00b", "x" * 256])
async def test_a_search_for_too_little_or_too_much_asks_nothing_of_xero(desk: Desk, search: str) -> None:
    assert (await desk.look("contacts", search=search)).status_code == 422
    assert await desk.left() == 0
