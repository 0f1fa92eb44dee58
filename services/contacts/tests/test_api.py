"""Who may call the contacts API, and what it refuses."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_local.logins import DatabaseUrls
from tieout_schemas.platform import ConnectionState
from tieout_schemas.roles import Role
from tieout_testing.audit_sweep import Change, export_changes, operator_changes, problem_changes, unaudited
from tieout_testing.builders import ANA_MADE_IT, xero_contact
from tieout_testing.service_harness import ServiceHarness
from tieout_testing.service_tests import AccessTests
from tieout_testing.wall import tenants_apart

pytestmark = pytest.mark.real

VENDOR_ID, XERO_ID = uuid4(), uuid4()


@pytest.mark.rule("SYS-11")
class TestAccess(AccessTests):
    """The routes of this service."""


async def every_change(harness: ServiceHarness) -> dict[str, Sequence[Change]]:
    """Every change that a person can make, each from where it can be made."""
    # So that what is made is held, and there is a problem to look after.
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.choose(1, conflicts="ask")
    return {
        **changes_of(harness, "vendors"),
        **changes_of(harness, "customers"),
        **problem_changes(harness.service_api),
        **export_changes(harness.service_api, harness.database),
        **operator_changes(harness.database, harness.tenant_id),
    }


@pytest.mark.rule("SYS-11")
async def test_every_change_by_a_person_is_in_the_audit_trail(harness: ServiceHarness) -> None:
    assert await unaudited(harness.service_api, await every_change(harness)) == []


@pytest.mark.rule("SYS-11")
@pytest.mark.timeout(200)
async def test_a_query_that_forgets_its_tenant_reaches_no_other(harness: ServiceHarness, urls: DatabaseUrls) -> None:
    """Seen to fail without the policies: then so many of the spoilt queries reach the other tenant."""
    held = await tenants_apart(harness, urls, await every_change(harness))

    assert len(held) >= 28, held


def changes_of(harness: ServiceHarness, plural: str) -> dict[str, Sequence[Change]]:
    """How a person makes each change of a role, each on a contact of its own."""
    route, made, linked, asked = f"/tenants/{{tenant_id}}/{plural}/{{record_id}}", *(uuid4() for _ in range(3))
    free, of_linked, of_asked = (uuid4() for _ in range(3))

    async def with_free() -> Mapping[str, object]:
        await harness.deliver((xero_contact(free, name=f"Free {plural}"), 1))
        return {"record_id": made}

    async def with_link() -> Mapping[str, object]:
        await harness.deliver((xero_contact(of_linked, name=f"Linked {plural}"), 1))
        await harness.put(f"{plural}/{linked}", {"name": f"Linked {plural}"})
        return {"record_id": linked}

    async def with_question() -> Mapping[str, object]:
        await harness.deliver((xero_contact(of_asked, name=f"Asked {plural}", phone="1"), 1))
        await harness.put(f"{plural}/{asked}", {"name": f"Asked {plural}", "phone": "2"})
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
async def test_another_tenants_records_are_in_none_of_ones_lists(harness: ServiceHarness, plural: str) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.put(f"{plural}/{VENDOR_ID}", {"name": "Acme"})
    theirs, harness.tenant_id = harness.tenant_id, uuid4()
    await harness.connect(ConnectionState.DISCONNECTED)

    nothing = [(await harness.get(path)).json()["items"] for path in (plural, "problems", "problems/groups", "audit")]
    unknown = [await harness.get(f"{plural}/{VENDOR_ID}"), await harness.get(f"{plural}/{VENDOR_ID}/changes")]
    await harness.put(f"{plural}/{VENDOR_ID}", {"name": "Ours"})

    assert nothing == [[], [], [], []]
    assert [answer.status_code for answer in unknown] == [404, 404]
    for tenant_id, name in ((theirs, "Acme"), (harness.tenant_id, "Ours")):
        harness.tenant_id = tenant_id
        assert [each["name"] for each in (await harness.get(plural)).json()["items"]] == [name]
        assert {each["doc"]["name"] for each in (await harness.get(f"{plural}/{VENDOR_ID}/changes")).json()} == {name}
        assert (await harness.get(f"{plural}/{VENDOR_ID}")).json()["name"] == name
        assert len(await harness.problems()) == 1
        assert {each["after"]["name"] for each in (await harness.get("audit")).json()["items"]} == {name}


@pytest.mark.rule("CONT-1")
@pytest.mark.rule("SYS-11")
async def test_a_name_in_one_tenant_says_nothing_of_another(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((xero_contact(XERO_ID), 1))
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    harness.tenant_id = uuid4()
    await harness.connect()

    made = await harness.put(f"vendors/{uuid4()}", {"name": "Acme"})

    assert (made.status_code, made.json()["sync"]["xero_id"]) == (200, None)


async def test_an_unknown_tenant_is_404(harness: ServiceHarness) -> None:
    assert (await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})).status_code == 404


@pytest.mark.parametrize(("plural", "kind"), [("vendors", "vendor"), ("customers", "customer")])
@pytest.mark.parametrize("action", ["link", "unlink", "export", "resolve"])
async def test_what_is_unknown_is_404_whatever_is_done_to_it(
    harness: ServiceHarness, action: str, plural: str, kind: str
) -> None:
    await harness.connect()
    bodies = {
        "link": {"xero_id": str(XERO_ID)},
        "resolve": {"field": "name", "keep": "xero", "ours": '"a"', "theirs": '"b"'},
    }

    answer = await harness.post(f"{plural}/{VENDOR_ID}/{action}", bodies.get(action))

    assert (answer.status_code, answer.json()["title"]) == (404, f"no such {kind}")


async def test_pages_hold_every_vendor_once(harness: ServiceHarness) -> None:
    await harness.connect()
    ids = [uuid4() for _ in range(5)]
    for number, vendor_id in enumerate(ids):
        await harness.put(f"vendors/{vendor_id}", {"name": f"Acme {number}"})

    seen, path = [], "vendors?limit=2"
    while path:
        page = (await harness.get(path)).json()
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
    harness: ServiceHarness, body: dict[str, Any], field: str
) -> None:
    await harness.connect()

    answer = await harness.put(f"vendors/{VENDOR_ID}", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("roles", "status"), [((Role.VIEWER,), 403), ((Role.BOOKKEEPER,), 200), ((Role.PLATFORM,), 200)], ids=str
)
async def test_who_makes_vendors(harness: ServiceHarness, roles: tuple[Role, ...], status: int) -> None:
    await harness.connect()

    answer = await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"}, roles=roles)

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["origin"] == ANA_MADE_IT.replace(rule="CONT-5").model_dump(mode="json")
