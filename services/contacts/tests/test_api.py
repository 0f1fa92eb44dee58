"""Who may call the contacts API, and what it refuses."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.door import surprises, told_apart
from tieout_local.stage import Stage
from tieout_local.trail import Change, menders, operators, untold
from tieout_schemas.platform import ConnectionState

pytestmark = pytest.mark.real

V = uuid4()


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
    changes = {
        "PUT /tenants/{tenant_id}/vendors/{vendor_id}": [
            Change({"name": "Acme"}, makes=True),
            Change({"name": "Acme Ltd"}),
        ],
        **menders(stage.door),
        **operators(stage.database, stage.tenant_id),
    }

    assert await untold(stage.door, changes) == []


@pytest.mark.rule("SYS-11")
async def test_a_vendor_id_of_another_tenant_is_ones_own_in_ones_own_tenant(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    stage.tenant_id = uuid4()
    await stage.connect()

    assert (await stage.get(f"vendors/{V}")).status_code == 404
    assert (await stage.put(f"vendors/{V}", {"name": "Acme"})).json()["sync"]["desired"] == 1


async def test_an_unknown_tenant_is_404(stage: Stage) -> None:
    assert (await stage.put(f"vendors/{V}", {"name": "Acme"})).status_code == 404


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


@pytest.mark.rule("CONT-1")
async def test_a_second_vendor_of_a_name_is_refused_and_told_the_first(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})

    answer = await stage.put(f"vendors/{uuid4()}", {"name": "ACME"})

    assert answer.status_code == 409
    assert str(V) in answer.json()["title"]


@pytest.mark.rule("CONT-1")
async def test_a_name_given_up_is_free_again(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{V}", {"name": "Acme"})
    await stage.put(f"vendors/{V}", {"name": "Acme Holding"})

    assert (await stage.put(f"vendors/{uuid4()}", {"name": "Acme"})).status_code == 200
