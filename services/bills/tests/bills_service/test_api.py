"""Who may call the bills API, and what the audit trail records of it (SYS-11)."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

import pytest

from tieout_local.logins import DatabaseUrls
from tieout_schemas.settings import ConflictPolicy, TenantSettings
from tieout_schemas.writes import WriteIntent
from tieout_testing.audit_sweep import Change, export_changes, operator_changes, problem_changes, unaudited
from tieout_testing.builders import answered, bill_request, vendor, xero_invoice, xero_invoice_after
from tieout_testing.service_harness import ServiceHarness
from tieout_testing.service_tests import AccessTests
from tieout_testing.wall import tenants_apart

from .steps import CONTACT_XERO_ID, VENDOR_ID

pytestmark = pytest.mark.real
WANTED = bill_request(VENDOR_ID)
ROUTE = "/tenants/{tenant_id}/bills/{record_id}"
NUMBERS = {"field": "number", "ours": '"B-2"', "theirs": '"B-3"'}


class Bills:
    """Bills, each in the state that a person finds before doing something."""

    def __init__(self, harness: ServiceHarness) -> None:
        self._harness = harness
        self._sequence = 100

    async def in_xero(self) -> Mapping[str, object]:
        """One that is in Xero."""
        made = uuid4()
        await self._harness.put(f"bills/{made}", WANTED)
        await self._answer(made)
        return {"record_id": made}

    async def unlinked(self) -> Mapping[str, object]:
        """One that was."""
        ids = await self.in_xero()
        await self._harness.ask("POST", f"bills/{ids['record_id']}/unlink")
        return ids

    async def in_conflict(self) -> Mapping[str, object]:
        """One that both sides have changed."""
        settings = TenantSettings(tenant_id=self._harness.tenant_id, version=1, conflicts=ConflictPolicy.ASK)
        await self._harness.deliver((settings, 1))
        ids = await self.in_xero()
        path = f"bills/{ids['record_id']}"
        xero_id = UUID((await self._harness.get(path)).json()["sync"]["xero_id"])
        await self._harness.change(path, {**WANTED, "number": "B-2"})
        seen = xero_invoice(xero_id, CONTACT_XERO_ID, number="B-3")
        await self._harness.deliver((seen, self._next()))
        return ids

    async def _answer(self, bill_id: UUID) -> None:
        intents = [each for each in await self._harness.published(WriteIntent) if each.record.id == bill_id]
        await self._harness.deliver(*answered(intents[-1], xero_invoice_after(intents[-1], uuid4()), self._next()))

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


@pytest.mark.rule("SYS-11")
class TestAccess(AccessTests):
    """The routes of this service."""


async def every_change(harness: ServiceHarness) -> dict[str, Sequence[Change]]:
    """Every change that a person can make, each from where it can be made."""
    await harness.connect()
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    bills, other_xero_id = Bills(harness), uuid4()
    # One to be linked by hand, and one that has a problem.
    await harness.deliver((xero_invoice(other_xero_id, uuid4()), 7), (xero_invoice(uuid4(), uuid4()), 7))
    return {
        f"PUT {ROUTE}": [Change(WANTED, makes=True), Change({**WANTED, "number": "B-2"})],
        f"POST {ROUTE}/unlink": [Change(first=bills.in_xero)],
        f"POST {ROUTE}/link": [Change({"xero_id": str(other_xero_id)}, first=bills.unlinked)],
        f"POST {ROUTE}/export": [Change(first=bills.unlinked)],
        f"POST {ROUTE}/resolve": [Change({**NUMBERS, "keep": "xero"}, first=bills.in_conflict)],
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
    held = await tenants_apart(harness, urls, await every_change(harness), {"kind": "account"})

    assert len(held) >= 26, held
