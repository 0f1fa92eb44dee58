"""Records over HTTP: made, changed on the state that was seen, listed, and linked by hand (SYS-3, SYS-11, CONT-13)."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from tieout_kit.http.auth import Keys
from tieout_local import keys as local
from tieout_schemas.platform import SyncState
from tieout_schemas.settings import ConflictPolicy
from tieout_schemas.xero import InvoiceStatus

from .world import OTHER, TENANT, VENDOR, World, invoice

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

BODY = {"vendor_id": str(VENDOR), "number": "B-1"}


@dataclass
class Api:
    """The service's API, as a bookkeeper of one tenant asks it."""

    world: World
    keys: local.SigningKeys
    http: httpx.AsyncClient

    async def ask(
        self,
        route: str,
        body: Any = None,
        *,
        etag: str | None = None,
        tenant: UUID = TENANT,
        roles: Sequence[str] = ("bookkeeper",),
    ) -> httpx.Response:
        method, path = route.split(" ")
        headers = {"Authorization": f"Bearer {self.keys.token('ada', [str(TENANT)], roles)}"}
        headers |= {"If-Match": etag} if etag else {}
        return await self.http.request(method, f"/tenants/{tenant}/bills{path}", json=body, headers=headers)


@pytest_asyncio.fixture
async def api(plain: World, tmp_path: Path) -> AsyncIterator[Api]:
    keys = local.SigningKeys(tmp_path)
    app = plain.wired.http_app(plain.database, Keys(keys.jwks_url, local.ISSUER))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bills") as http:
        yield Api(plain, keys, http)


async def test_one_is_made_and_the_same_request_again_changes_nothing(api: Api) -> None:
    bill_id = uuid4()

    made = await api.ask(f"PUT /{bill_id}", BODY)
    again = await api.ask(f"PUT /{bill_id}", BODY)

    assert (made.status_code, again.status_code) == (200, 200)
    assert (again.json(), again.headers["ETag"]) == (made.json(), made.headers["ETag"])
    assert len(await api.world.changes(bill_id)) == len(await api.world.intents()) == 1
    shown = await api.ask(f"GET /{bill_id}")
    assert (shown.json(), shown.headers["ETag"]) == (made.json(), made.headers["ETag"])
    entries = await api.world.rows("select who, record_id, before, after from audit")
    assert [(e["who"], e["record_id"], e["before"], e["after"]["number"]) for e in entries] == [
        ("ada", bill_id, None, "B-1")
    ]


@pytest.mark.rule("SYS-3")
async def test_a_change_names_the_state_it_was_made_on(api: Api) -> None:
    bill_id = uuid4()
    made = await api.ask(f"PUT /{bill_id}", BODY)

    unnamed = await api.ask(f"PUT /{bill_id}", BODY | {"number": "B-2"})
    assert unnamed.status_code == 428
    assert "If-Match" in unnamed.json()["title"]
    for nonsense in ("*", '"abc"', '"' + "9" * 30 + '"'):
        assert (await api.ask(f"PUT /{bill_id}", BODY | {"number": "B-2"}, etag=nonsense)).status_code == 409
    never = await api.ask(f"PUT /{bill_id}", BODY | {"number": "B-2"}, etag='"1"')
    assert (never.status_code, "never was in the state 1" in never.json()["title"]) == (409, True)
    changed = await api.ask(f"PUT /{bill_id}", BODY | {"number": "B-2"}, etag=made.headers["ETag"])

    assert (changed.status_code, changed.json()["number"]) == (200, "B-2")
    assert changed.headers["ETag"] != made.headers["ETag"]
    assert (await api.ask(f"GET /{bill_id}")).headers["ETag"] == changed.headers["ETag"]


@pytest.mark.rule("SYS-3")
async def test_what_came_from_xero_meanwhile_is_not_reverted_by_a_stale_copy(api: Api) -> None:
    bill_id = uuid4()
    seen = await api.world.in_step(bill_id, number="B-1")
    etag = (await api.ask(f"GET /{bill_id}")).headers["ETag"]
    await api.world.deliver(seen.replace(number="theirs", answers=None))

    other_field = await api.ask(f"PUT /{bill_id}", BODY | {"due_date": "2027-01-01"}, etag=etag)
    same_field = await api.ask(f"PUT /{bill_id}", BODY | {"number": "ours"}, etag=etag)

    assert (other_field.status_code, other_field.json()["number"]) == (200, "theirs")
    assert other_field.json()["due_date"] == "2027-01-01"
    assert (same_field.status_code, same_field.json()["field"]) == (409, "number")


async def test_they_are_listed_by_page_and_each_tells_its_story(api: Api) -> None:
    ids = sorted(str(uuid4()) for _ in range(3))
    for bill_id in ids:
        await api.ask(f"PUT /{bill_id}", BODY)

    first = (await api.ask("GET ?limit=2")).json()
    rest = (await api.ask(f"GET ?after={first['next']}&limit=2")).json()
    changes = (await api.ask(f"GET /{ids[0]}/changes")).json()

    assert [bill["id"] for bill in (*first["items"], *rest["items"])] == ids
    assert (first["next"], rest["next"]) == (ids[1], None)
    assert [(state["doc"]["number"], state["lost"]) for state in changes] == [("B-1", [])]
    for path in (f"/{uuid4()}", f"/{uuid4()}/changes"):
        assert (await api.ask(f"GET {path}")).status_code == 404


@pytest.mark.rule("SYS-11")
async def test_another_tenants_records_are_not_found_and_who_only_reads_changes_nothing(api: Api) -> None:
    bill_id = uuid4()
    await api.world.edit(bill_id, tenant_id=OTHER)

    for route in ("GET ", f"GET /{bill_id}", f"GET /{bill_id}/changes", f"PUT /{bill_id}", f"POST /{bill_id}/unlink"):
        assert (await api.ask(route, BODY, tenant=OTHER)).status_code == 404
    assert (await api.ask(f"PUT /{bill_id}", BODY, roles=("viewer",))).status_code == 403
    assert (await api.ask(f"POST /{bill_id}/unlink", roles=("viewer",))).status_code == 403
    assert (await api.ask(f"GET /{bill_id}", roles=("viewer",))).status_code == 404
    assert len(await api.world.changes(bill_id, OTHER)) == 1


@pytest.mark.rule("CONT-13")
async def test_a_link_is_undone_and_made_by_hand_and_told_in_the_audit_trail(api: Api) -> None:
    bill_id = uuid4()
    seen = await api.world.in_step(bill_id)
    another = invoice(number="another", status=InvoiceStatus.DRAFT)
    await api.world.deliver(another)

    refused = await api.ask(f"POST /{bill_id}/link", {"xero_id": str(another.xero_id)})
    assert (refused.status_code, "unlink it first" in refused.json()["title"]) == (409, True)
    undone = (await api.ask(f"POST /{bill_id}/unlink")).json()
    assert (undone["sync"]["state"], undone["sync"]["xero_id"]) == (SyncState.NOT_FOR_XERO, None)
    assert undone["sync"]["former_xero_ids"] == [str(seen.xero_id)]
    assert (await api.ask(f"POST /{bill_id}/link", {"xero_id": str(uuid4())})).status_code == 409
    linked = (await api.ask(f"POST /{bill_id}/link", {"xero_id": str(another.xero_id)})).json()

    assert linked["sync"]["xero_id"] == str(another.xero_id)
    assert linked["origin"] == {"kind": "user", "by": "ada", "rule": "CONT-13", "settings_version": 0}
    assert await api.world.codes() == [], "Xero's record is somebody's now"
    operations = [row["operation"] for row in await api.world.rows("select operation from audit order by id")]
    assert [operation.rsplit("/", 1)[1] for operation in operations[1:]] == ["unlink", "link"]


@pytest.mark.rule("CONT-10")
async def test_what_was_unlinked_is_made_in_xero_after_all_when_a_person_says_so(api: Api) -> None:
    bill_id = uuid4()
    seen = await api.world.in_step(bill_id)
    await api.ask(f"POST /{bill_id}/unlink")
    before = len(await api.world.intents())

    exported = await api.ask(f"POST /{bill_id}/export")

    assert exported.json()["sync"]["state"] == SyncState.ON_ITS_WAY
    [intent] = (await api.world.intents())[before:]
    assert (intent.xero_id, intent.replaces) == (None, seen.xero_id)
    assert (await api.ask(f"POST /{bill_id}/export")).status_code == 409


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(("keep", "stands"), [("platform", "ours"), ("xero", "theirs")])
async def test_a_conflict_is_settled_by_naming_both_values(api: Api, keep: str, stands: str) -> None:
    world, bill_id = api.world, uuid4()
    await world.choose(conflicts=ConflictPolicy.ASK)
    seen = await world.in_step(bill_id, number="both")
    await world.connect(lost=True)
    await world.edit(bill_id, number="ours")
    await world.deliver(invoice(seen.xero_id, number="theirs", due_date=dt.date(2026, 12, 1)))
    [problem] = [each for each in await world.problems() if each.code == "changed_on_both_sides"]
    decision = {"field": "number", "keep": keep, "ours": problem.params["ours"], "theirs": problem.params["theirs"]}

    assert (await api.ask(f"POST /{bill_id}/resolve", decision | {"ours": '"old"'})).status_code == 409
    settled = await api.ask(f"POST /{bill_id}/resolve", decision)

    assert (settled.status_code, settled.json()["number"]) == (200, stands)
    assert "changed_on_both_sides" not in await world.codes()
    [lost] = (await world.changes(bill_id))[-1]["lost"]
    assert lost["value"] == ({"ours", "theirs"} - {stands}).pop()
    assert (await api.ask(f"POST /{bill_id}/resolve", decision)).status_code == 409
