"""Who may call the contacts API, and what it refuses."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_local.builders import ANA_MADE_IT, xero_contact
from tieout_local.door import surprises, told_apart
from tieout_local.stage import Stage
from tieout_local.trail import Change, menders, operators, untold
from tieout_schemas.platform import ConnectionState
from tieout_schemas.roles import Role

pytestmark = pytest.mark.real

V, LINKED, ASKED = uuid4(), uuid4(), uuid4()
X_FREE, X_LINKED, X_ASKED = uuid4(), uuid4(), uuid4()


@pytest.mark.rule("SYS-11")
async def test_every_route_lets_in_whom_it_declares_and_nobody_else(stage: Stage) -> None:
    await stage.connect()

    assert await surprises(stage.door) == []


@pytest.mark.rule("SYS-11")
async def test_a_stranger_cannot_tell_whether_a_tenant_exists(stage: Stage) -> None:
    await stage.connect()

    assert await told_apart(stage.door) == []


@pytest.mark.rule("SYS-11")
async def test_every_change_by_a_person_is_in_the_audit_trail(stage: Stage) -> None:
    # So that its vendors are held, and there is a problem to look after.
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.choose(1, conflicts="ask")
    route = "/tenants/{tenant_id}/vendors/{record_id}"

    async def free() -> Mapping[str, object]:
        await stage.deliver((xero_contact(X_FREE, name="Free"), 1))
        return {"record_id": V}

    async def linked() -> Mapping[str, object]:
        await stage.deliver((xero_contact(X_LINKED, name="Linked"), 1))
        await stage.put(f"vendors/{LINKED}", {"name": "Linked"})
        return {"record_id": LINKED}

    async def asked() -> Mapping[str, object]:
        await stage.deliver((xero_contact(X_ASKED, name="Asked", phone="1"), 1))
        await stage.put(f"vendors/{ASKED}", {"name": "Asked", "phone": "2"})
        return {"record_id": ASKED}

    async def there() -> Mapping[str, object]:
        return {"record_id": V}

    changes = {
        f"PUT {route}": [Change({"name": "Acme"}, first=there, makes=True), Change({"name": "Acme Ltd"}, first=there)],
        f"POST {route}/link": [Change({"xero_id": str(X_FREE)}, first=free)],
        f"POST {route}/unlink": [Change(first=linked)],
        f"POST {route}/export": [Change(first=lambda: _same(LINKED))],
        f"POST {route}/resolve": [
            Change({"field": "phone", "keep": "xero", "ours": '"2"', "theirs": '"1"'}, first=asked)
        ],
        **menders(stage.door),
        **operators(stage.database, stage.tenant_id),
    }

    assert await untold(stage.door, changes) == []


async def _same(record_id: UUID) -> Mapping[str, object]:
    return {"record_id": record_id}


@pytest.mark.rule("SYS-11")
async def test_another_tenants_records_are_in_none_of_ones_lists(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    theirs, stage.tenant_id = stage.tenant_id, uuid4()
    await stage.connect(ConnectionState.DISCONNECTED)

    nothing = [(await stage.get(path)).json()["items"] for path in ("vendors", "problems", "problems/groups", "audit")]
    unknown = [await stage.get(f"vendors/{V}"), await stage.get(f"vendors/{V}/changes")]
    await stage.put(f"vendors/{V}", {"name": "Ours"})

    assert nothing == [[], [], [], []]
    assert [answer.status_code for answer in unknown] == [404, 404]
    for tenant_id, name in ((theirs, "Acme"), (stage.tenant_id, "Ours")):
        stage.tenant_id = tenant_id
        assert [each["name"] for each in (await stage.get("vendors")).json()["items"]] == [name]
        assert {each["doc"]["name"] for each in (await stage.get(f"vendors/{V}/changes")).json()} == {name}
        assert (await stage.get(f"vendors/{V}")).json()["name"] == name
        assert len(await stage.problems()) == 1
        assert {each["after"]["name"] for each in (await stage.get("audit")).json()["items"]} == {name}


@pytest.mark.rule("CONT-1")
@pytest.mark.rule("SYS-11")
async def test_a_name_in_one_tenant_says_nothing_of_another(stage: Stage) -> None:
    await stage.connect()
    await stage.deliver((xero_contact(X_FREE), 1))
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    stage.tenant_id = uuid4()
    await stage.connect()

    made = await stage.put(f"vendors/{uuid4()}", {"name": "Acme"})

    assert (made.status_code, made.json()["sync"]["xero_id"]) == (200, None)


async def test_an_unknown_tenant_is_404(stage: Stage) -> None:
    assert (await stage.put(f"vendors/{V}", {"name": "Acme"})).status_code == 404


@pytest.mark.parametrize("action", ["link", "unlink", "export", "resolve"])
async def test_an_unknown_vendor_is_404_whatever_is_done_to_it(stage: Stage, action: str) -> None:
    await stage.connect()
    bodies = {
        "link": {"xero_id": str(X_FREE)},
        "resolve": {"field": "name", "keep": "xero", "ours": '"a"', "theirs": '"b"'},
    }

    answer = await stage.post(f"vendors/{V}/{action}", bodies.get(action))

    assert (answer.status_code, answer.json()["title"]) == (404, "no such vendor")


async def test_pages_hold_every_vendor_once(stage: Stage) -> None:
    await stage.connect()
    ids = [uuid4() for _ in range(5)]
    for number, vendor_id in enumerate(ids):
        await stage.put(f"vendors/{vendor_id}", {"name": f"Acme {number}"})

    seen, path = [], "vendors?limit=2"
    while path:
        page = (await stage.get(path)).json()
        seen += [UUID(item["id"]) for item in page["items"]]
        path = f"vendors?limit=2&after={page['next']}" if page["next"] else ""

    assert seen == sorted(ids)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "Acme  Ltd"}, "name"),
        ({"name": "Acme", "email": "x"}, "email"),
        ({"name": "Acme", "address": {"lines": "1 Queen St"}}, "address.lines"),
        ({"name": "Acme", "iban": "x"}, "iban"),
    ],
)
async def test_a_breach_of_the_schema_is_422_and_names_the_field(
    stage: Stage, body: dict[str, Any], field: str
) -> None:
    await stage.connect()

    answer = await stage.put(f"vendors/{V}", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("roles", "status"), [((Role.VIEWER,), 403), ((Role.BOOKKEEPER,), 200), ((Role.PLATFORM,), 200)], ids=str
)
async def test_who_makes_vendors(stage: Stage, roles: tuple[Role, ...], status: int) -> None:
    await stage.connect()

    answer = await stage.put(f"vendors/{V}", {"name": "Acme"}, roles=roles)

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["origin"] == ANA_MADE_IT.replace(rule="CONT-5").model_dump(mode="json")
