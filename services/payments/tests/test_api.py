"""Who may call the payments API, and what it refuses."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.door import surprises, told_apart
from tieout_local.stage import Stage
from tieout_local.trail import Change, menders, operators, untold

pytestmark = pytest.mark.real

P = uuid4()
WANTED: dict[str, Any] = {
    "bill_id": str(uuid4()),
    "method": "offline",
    "date": "2026-11-10",
    "amount": {"amount": "60.00", "currency": "NZD"},
    "account_code": "090",
    "reference": "cash box",
}


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
    await stage.connect()
    changes = {
        "PUT /tenants/{tenant_id}/payments/{payment_id}": [Change(WANTED, makes=True)],
        **menders(stage.door),
        **operators(stage.database, stage.tenant_id),
    }

    assert await untold(stage.door, changes) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": {"amount": "0", "currency": "NZD"}}, "amount.amount"),
        ({"amount": {"amount": "1.00"}}, "amount.currency"),
        ({"method": "cash"}, "method"),
        ({"reference": ""}, "reference"),
        ({"run": 1}, "run"),
    ],
)
async def test_a_breach_of_the_schema_is_422_and_names_the_field(
    stage: Stage, change: dict[str, Any], field: str
) -> None:
    await stage.connect()

    answer = await stage.put(f"payments/{P}", {**WANTED, **change})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
