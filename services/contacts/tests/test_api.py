"""Who may call the contacts API, and what it refuses."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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

VENDOR_ID, XERO_ID = uuid4(), uuid4()


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
    # So that what is made is held, and there is a problem to look after.
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.choose(1, conflicts="ask")
    changes = {
        **changes_of(stage, "vendors"),
        **changes_of(stage, "customers"),
        **menders(stage.door),
        **operators(stage.database, stage.tenant_id),
    }

    assert await untold(stage.door, changes) == []


def changes_of(stage: Stage, plural: str) -> dict[str, Sequence[Change]]:
    """How a person brings about each change of a role, each of a contact of its own."""
    route, made, linked, asked = f"/tenants/{{tenant_id}}/{plural}/{{record_id}}", *(uuid4() for _ in range(3))
    free, of_linked, of_asked = (uuid4() for _ in range(3))

    async def with_free() -> Mapping[str, object]:
        await stage.deliver((xero_contact(free, name=f"Free {plural}"), 1))
        return {"record_id": made}

    async def with_link() -> Mapping[str, object]:
        await stage.deliver((xero_contact(of_linked, name=f"Linked {plural}"), 1))
        await stage.put(f"{plural}/{linked}", {"name": f"Linked {plural}"})
        return {"record_id": linked}

    async def with_question() -> Mapping[str, object]:
        await stage.deliver((xero_contact(of_asked, name=f"Asked {plural}", phone="1"), 1))
        await stage.put(f"{plural}/{asked}", {"name": f"Asked {plural}", "phone": "2"})
        return {"record_id": asked}

    def there(record_id: UUID) -> Callable[[], Awaitable[Mapping[str, object]]]:
        async def known() -> Mapping[str, object]:
            return {"record_id": record_id}

        return known

    answer = {"field": "phone", "keep": "xero", "ours": '"2"', "theirs": '"1"'}
    return {
        f"PUT {route}": [
            Change({"name": f"New {plural}"}, first=there(made), makes=True),
            Change({"name": f"Newer {plural}"}, first=there(made)),
        ],
        f"POST {route}/link": [Change({"xero_id": str(free)}, first=with_free)],
        f"POST {route}/unlink": [Change(first=with_link)],
        f"POST {route}/export": [Change(first=there(linked))],
        f"POST {route}/resolve": [Change(answer, first=with_question)],
    }


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize("plural", ["vendors", "customers"])
async def test_another_tenants_records_are_in_none_of_ones_lists(stage: Stage, plural: str) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"{plural}/{VENDOR_ID}", {"name": "Acme"})
    theirs, stage.tenant_id = stage.tenant_id, uuid4()
    await stage.connect(ConnectionState.DISCONNECTED)

    nothing = [(await stage.get(path)).json()["items"] for path in (plural, "problems", "problems/groups", "audit")]
    unknown = [await stage.get(f"{plural}/{VENDOR_ID}"), await stage.get(f"{plural}/{VENDOR_ID}/changes")]
    await stage.put(f"{plural}/{VENDOR_ID}", {"name": "Ours"})

    assert nothing == [[], [], [], []]
    assert [answer.status_code for answer in unknown] == [404, 404]
    for tenant_id, name in ((theirs, "Acme"), (stage.tenant_id, "Ours")):
        stage.tenant_id = tenant_id
        assert [each["name"] for each in (await stage.get(plural)).json()["items"]] == [name]
        assert {each["doc"]["name"] for each in (await stage.get(f"{plural}/{VENDOR_ID}/changes")).json()} == {name}
        assert (await stage.get(f"{plural}/{VENDOR_ID}")).json()["name"] == name
        assert len(await stage.problems()) == 1
        assert {each["after"]["name"] for each in (await stage.get("audit")).json()["items"]} == {name}


@pytest.mark.rule("CONT-1")
@pytest.mark.rule("SYS-11")
async def test_a_name_in_one_tenant_says_nothing_of_another(stage: Stage) -> None:
    await stage.connect()
    await stage.deliver((xero_contact(XERO_ID), 1))
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    stage.tenant_id = uuid4()
    await stage.connect()

    made = await stage.put(f"vendors/{uuid4()}", {"name": "Acme"})

    assert (made.status_code, made.json()["sync"]["xero_id"]) == (200, None)


async def test_an_unknown_tenant_is_404(stage: Stage) -> None:
    assert (await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})).status_code == 404


@pytest.mark.parametrize(("plural", "kind"), [("vendors", "vendor"), ("customers", "customer")])
@pytest.mark.parametrize("action", ["link", "unlink", "export", "resolve"])
async def test_what_is_unknown_is_404_whatever_is_done_to_it(stage: Stage, action: str, plural: str, kind: str) -> None:
    await stage.connect()
    bodies = {
        "link": {"xero_id": str(XERO_ID)},
        "resolve": {"field": "name", "keep": "xero", "ours": '"a"', "theirs": '"b"'},
    }

    answer = await stage.post(f"{plural}/{VENDOR_ID}/{action}", bodies.get(action))

    assert (answer.status_code, answer.json()["title"]) == (404, f"no such {kind}")


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

    answer = await stage.put(f"vendors/{VENDOR_ID}", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("roles", "status"), [((Role.VIEWER,), 403), ((Role.BOOKKEEPER,), 200), ((Role.PLATFORM,), 200)], ids=str
)
async def test_who_makes_vendors(stage: Stage, roles: tuple[Role, ...], status: int) -> None:
    await stage.connect()

    answer = await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"}, roles=roles)

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["origin"] == ANA_MADE_IT.replace(rule="CONT-5").model_dump(mode="json")
