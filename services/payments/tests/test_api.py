"""Who may call the payments API, and what it refuses."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_local.stage import Stage
from tieout_schemas.platform import Payment

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
async def test_no_token_is_401(stage: Stage) -> None:
    await stage.connect()

    assert (await stage.http.put(f"/tenants/{stage.tenant_id}/payments/{P}", json=WANTED)).status_code == 401


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize("role", ["viewer", "bookkeeper"])
async def test_paying_needs_the_role_approver(stage: Stage, role: str) -> None:
    await stage.connect()

    answer = await stage.put(f"payments/{P}", WANTED, roles=[role])

    assert answer.status_code == 403
    assert "approver" in answer.json()["title"]
    assert (await stage.put(f"payments/{P}", WANTED, roles=["approver"])).status_code == 200


@pytest.mark.rule("SYS-11")
async def test_another_tenants_payment_is_404_whoever_reads_or_writes_it(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"payments/{P}", WANTED)
    stranger = {"tenants": [str(uuid4())]}

    read = await stage.get(f"payments/{P}", **stranger)
    written = await stage.put(f"payments/{P}", WANTED, **stranger)

    assert (read.status_code, written.status_code) == (404, 404)
    assert len(await stage.said(Payment)) == 1


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
