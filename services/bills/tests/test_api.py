"""Who may call the bills API (SYS-11)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.door import surprises, told_apart
from tieout_local.stage import Stage
from tieout_local.trail import Change, menders, operators, untold

pytestmark = pytest.mark.real

WANTED: dict[str, Any] = {
    "vendor_id": str(uuid4()),
    "number": "B-1",
    "status": "approved",
    "date": "2026-11-01",
    "due_date": "2026-11-20",
    "currency": "NZD",
    "lines": [{"description": "Paper", "unit_amount": "100.00", "account_code": "400"}],
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
        "PUT /tenants/{tenant_id}/bills/{bill_id}": [Change(WANTED, makes=True), Change({**WANTED, "number": "B-2"})],
        **menders(stage.door),
        **operators(stage.database, stage.tenant_id),
    }

    assert await untold(stage.door, changes) == []
