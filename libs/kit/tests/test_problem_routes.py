"""Problems over HTTP: lists, groups, and what a person does about them."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from tieout_kit import problems
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Keys
from tieout_kit.http.problem_routes import retry_router
from tieout_kit.http.problem_routes import router as problem_router
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_kit.problems import listing
from tieout_kit.problems.store import Finding, FoundProblem
from tieout_kit.records.sweeper import Sweeper
from tieout_kit.records.sweeps import Recheck, Rechecks
from tieout_kit.records.tenants import Tenants
from tieout_local import keys as local
from tieout_schemas.platform import Connection, ConnectionState, Vendor
from tieout_schemas.problem import Problem
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record
from tieout_testing.access_sweep import nothing_closed
from tieout_testing.kafka import envelope_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

TENANT = uuid4()
VENDOR = uuid4()
HELD = FoundProblem(Reason.VENDOR_NOT_IN_XERO, {"number": "B-1", "vendor_id": "v"}, record(Vendor, VENDOR))
MISFIT = FoundProblem(Reason.PAYMENT_DOES_NOT_FIT, {"amount": "1", "number": "B-1", "why": "is in AUD", "bill_id": "b"})


class World:
    """A service with problems; what is retried is noted."""

    def __init__(self, url: str, keys: local.SigningKeys) -> None:
        self.keys = keys
        self.database = Database(url, "bills", lambda: datetime(2026, 11, 1, tzinfo=UTC))
        self.retried: list[Recheck] = []
        self.locked: list[dict[UUID, bool]] = []
        app = make_app("bills", "", Keys(keys.jwks_url, local.ISSUER), nothing_closed)
        rechecks = Rechecks({"bill": self._check}, serial=True)
        app.state.database, app.state.rechecks = self.database, rechecks
        app.include_router(retry_router)
        app.include_router(problem_router)
        self.sweeper = Sweeper(self.database, rechecks)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bills")

    async def _check(self, tx: Tx, asked: Sequence[Recheck]) -> None:
        self.retried += asked
        self.locked.append(dict(tx.locked))
        found = [Finding(one.tenant_id, one.id, one.cause, (HELD,), retried_by=one.asked_by) for one in asked]
        await problems.update(tx, "bill", found)

    async def find(self, *found: FoundProblem, record_id: UUID | None = None) -> UUID:
        record_id = record_id or uuid4()
        finding = Finding(TENANT, record_id, Cause.request(), found)
        await self.database.run(lambda tx: problems.update(tx, "bill", [finding]))
        return record_id

    async def ask(self, route: str, body: Any = None, roles: Sequence[str] = ("bookkeeper",)) -> httpx.Response:
        method, path = route.split(" ")
        token = self.keys.token("ada", [str(TENANT)], roles)
        url = f"/tenants/{TENANT}/problems{path}"
        return await self._http.request(method, url, json=body, headers={"Authorization": f"Bearer {token}"})

    async def items(self, query: str = "") -> list[Any]:
        answer = await self.ask(f"GET {query}")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


@pytest_asyncio.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database, local.SigningKeys(tmp_path))
    await made.database.open()
    await migrate(made.database, ["tieout_kit"])
    known = Connection(tenant_id=TENANT, state=ConnectionState.CONNECTED)
    said = ReceivedEvent(envelope_of(TENANT, known, 1), known, Cause.request())
    await made.database.run(lambda tx: Tenants(()).connection_changed(tx, [said]))
    yield made
    await made.database.close()


async def test_problems_are_listed_by_page_and_filter_and_each_is_shown_with_its_history(world: World) -> None:
    bill = await world.find(HELD)
    await world.find(MISFIT)

    first = (await world.ask("GET ?limit=1")).json()
    [second] = await world.items(f"?after={first['next']}")
    [held] = await world.items("?code=vendor_not_in_xero")

    assert {first["items"][0]["code"], second["code"]} == {"vendor_not_in_xero", "payment_does_not_fit"}
    assert held["record"] == {"kind": "bill", "id": str(bill)}
    assert (await world.ask(f"GET /{held['id']}")).json() == held
    assert [s["kind"] for s in held["history"]] == ["opened"]
    assert await world.items("?state=closed") == []
    assert (await world.ask(f"GET /{uuid4()}")).status_code == 404
    assert (await world.ask("GET ?state=never")).status_code == 422


async def test_groups_have_a_page_each(world: World) -> None:
    for _ in range(3):
        await world.find(HELD)

    [group] = await world.items("/groups")

    assert (group["cause"], group["count"]) == (HELD.cause, 3)
    assert group["example"]["sentence"] == "Bill B-1 waits until its vendor v is in Xero."


@pytest.mark.rule("SYS-2")
async def test_one_is_retried_and_its_history_tells_by_whom(world: World) -> None:
    bill = await world.find(HELD)
    [held] = await world.items()

    answer = await world.ask(f"POST /{held['id']}/retry")

    assert answer.status_code == 200
    assert [(one.tenant_id, one.id, one.asked_by) for one in world.retried] == [(TENANT, bill, "ada")]
    assert world.locked == [{TENANT: True}], "as every transaction of a service that holds its tenants alone"
    assert [(s["kind"], s["by"]) for s in answer.json()["history"]][1] == ("retried", "ada")


@pytest.mark.rule("SYS-2")
async def test_one_is_dismissed(world: World) -> None:
    await world.find(HELD)
    [held] = await world.items()

    answer = await world.ask(f"POST /{held['id']}/dismiss")

    assert (answer.status_code, answer.json()["state"]) == (200, "dismissed")
    assert await world.items() == []
    assert [p["id"] for p in await world.items("?state=dismissed")] == [held["id"]]


@pytest.mark.rule("SYS-2")
async def test_a_whole_group_is_retried_or_dismissed(world: World) -> None:
    bills = {await world.find(HELD) for _ in range(3)}
    other = await world.find(MISFIT)
    cause = {"cause": HELD.cause}

    assert (await world.ask("POST /retry", cause)).status_code == 202
    while await world.sweeper.process_page():
        pass
    assert {(one.id, one.asked_by) for one in world.retried} == {(bill, "ada") for bill in bills}
    assert (await world.ask("POST /dismiss", cause)).status_code == 202
    while await world.sweeper.process_page():
        pass

    assert [p["record"]["id"] for p in await world.items()] == [str(other)]


async def test_a_closed_one_is_neither_retried_nor_dismissed(world: World) -> None:
    bill = await world.find(HELD)
    [held] = await world.items()
    await world.find(record_id=bill)

    for what in ("retry", "dismiss"):
        answer = await world.ask(f"POST /{held['id']}/{what}")
        assert (answer.status_code, answer.json()["title"]) == (409, "this problem is closed already")


async def test_another_services_problem_is_retried_there(world: World) -> None:
    await world.find(MISFIT)
    [held] = await world.items()
    payment = (await world.ask(f"GET /{held['id']}")).json()
    copied = Problem.model_validate({**payment, "id": str(uuid4()), "service": "payments"})
    event = ReceivedEvent(envelope_of(TENANT, copied, 1), copied, Cause.request())
    await world.database.run(lambda tx: listing.copy(tx, [event]))

    answer = await world.ask(f"POST /{copied.id}/retry", roles=("admin",))

    assert (answer.status_code, answer.json()["title"]) == (409, "this problem is the payments service's: ask there")


@pytest.mark.rule("SYS-11")
async def test_who_may_not_mend_it_may_not_retry_it_either(world: World) -> None:
    # A payment's retry moves money.
    await world.find(MISFIT)
    [held] = await world.items()

    refused = await world.ask(f"POST /{held['id']}/retry")
    group = await world.ask("POST /retry", {"cause": held["cause"]})

    assert {refused.status_code, group.status_code} == {403}
    assert refused.json()["title"].startswith("retrying this needs the role approver or admin or platform;")
    assert (await world.ask(f"POST /{held['id']}/retry", roles=("approver",))).status_code == 200
    assert (await world.ask("POST /retry", {"cause": "no_such:x"}, ("admin",))).status_code == 409
