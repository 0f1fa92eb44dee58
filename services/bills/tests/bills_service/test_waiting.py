"""What a bill waits for: every reason becomes a problem, and the bill is sent by itself once the last reason is gone
(MAP-4, SYS-2)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_schemas.payload import OriginKind
from tieout_schemas.platform import Bill, BillStatus, ConnectionState, SyncState, Vendor
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.references import CONNECTION, record, setting
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus
from tieout_testing.builders import line_request, vendor
from tieout_testing.service_harness import ServiceHarness

from .steps import CONTACT_XERO_ID, PATH, VENDOR_ID, connected, in_xero, last, problems, sent, take, wanted

pytestmark = pytest.mark.real
OFFICE, PRINTING = uuid4(), uuid4()
"""The default accounts."""
NO_ACCOUNT = line_request(description="Ink", account_code=None)


async def choose(harness: ServiceHarness, version: int, **settings: Any) -> None:
    await harness.deliver((TenantSettings(tenant_id=harness.tenant_id, version=version, **settings), version))


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize("vendor_first", [True, False])
async def test_a_bill_goes_out_once_its_vendor_is_in_xero(harness: ServiceHarness, vendor_first: bool) -> None:
    await harness.connect()
    if vendor_first:
        await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))
    await harness.put(PATH, wanted())
    if not vendor_first:
        await harness.deliver((vendor(VENDOR_ID, None), 1))
        assert (await sent(harness), await problems(harness)) == ([], ["vendor_not_in_xero"])
        assert (await last(harness)).sync.waits_for == (record(Vendor, VENDOR_ID),)
        await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))

    assert [body.contact_xero_id for body in await sent(harness)] == [CONTACT_XERO_ID]
    assert await problems(harness) == []


@pytest.mark.rule("BILL-2")
async def test_bills_wait_for_the_connection(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    await harness.put(PATH, wanted())
    assert (await problems(harness), await sent(harness)) == (["not_connected"], [])
    assert (await last(harness)).sync.waits_for == (CONNECTION,)

    await harness.connect(sequence=2)

    assert len(await sent(harness)) == 1
    assert await problems(harness) == []


@pytest.mark.rule("SYS-2")
@pytest.mark.rule("MAP-4")
async def test_every_reason_is_told_at_once_and_each_closes_by_itself(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)

    held = await harness.put(PATH, wanted(NO_ACCOUNT))

    account = setting("default_expense_account")
    waits_for = (CONNECTION, account, record(Vendor, VENDOR_ID))
    assert Bill.model_validate(held.json()).sync.waits_for == waits_for
    assert (await last(harness)).sync.state is SyncState.WAITING
    assert set(await problems(harness)) == {"not_connected", "expense_account_not_chosen", "vendor_not_in_xero"}
    settings = {problem.code: problem.setting for problem in await harness.published(Problem)}
    assert settings["expense_account_not_chosen"] == "default_expense_account"
    await choose(harness, 1, default_expense_account=OFFICE)
    assert set(await problems(harness)) == {"not_connected", "vendor_not_in_xero"}
    await harness.connect(sequence=2)
    assert (await problems(harness), await sent(harness)) == (["vendor_not_in_xero"], [])
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    assert (await problems(harness), len(await sent(harness))) == ([], 1)
    assert (await last(harness)).sync.waits_for == ()


@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-9")
async def test_a_held_bill_goes_out_by_itself_once_the_default_account_is_chosen(harness: ServiceHarness) -> None:
    await connected(harness)
    held = (await harness.put(PATH, wanted(line_request(), NO_ACCOUNT))).json()
    assert (held["sync"]["state"], await sent(harness)) == ("waiting", [])

    await choose(harness, 1, default_expense_account=OFFICE)

    [body] = await sent(harness)
    assert body.lines is not None
    assert [line.account_xero_id or line.account_code for line in body.lines] == ["400", OFFICE]
    stored = Bill.model_validate((await harness.get(PATH)).json())
    assert stored == await last(harness)
    assert [line.account_xero_id or line.account_code for line in stored.lines] == ["400", OFFICE]
    assert [line.account_from for line in stored.lines] == ["line", "default"]
    assert (stored.origin.kind, stored.origin.settings_version) == (OriginKind.EVENT, 1)
    assert [problem.state for problem in await harness.published(Problem)] == [ProblemState.OPEN, ProblemState.CLOSED]


@pytest.mark.rule("MAP-9")
async def test_another_default_account_changes_no_line_that_has_one(harness: ServiceHarness) -> None:
    await connected(harness)
    await choose(harness, 1, default_expense_account=OFFICE)
    await harness.put(PATH, wanted(NO_ACCOUNT))
    await take(harness, 50)
    before = await last(harness)

    await choose(harness, 2, default_expense_account=PRINTING)
    again = await harness.put(PATH, wanted(NO_ACCOUNT))

    assert (again.status_code, await last(harness)) == (200, before)
    assert [(line.account_xero_id, line.account_from) for line in before.lines] == [(OFFICE, "default")]
    assert len(await sent(harness)) == 1


@pytest.mark.rule("MAP-4")
async def test_a_bill_that_awaits_approval_is_sent_without_an_account_and_gets_one_when_approved(
    harness: ServiceHarness,
) -> None:
    await connected(harness)
    await harness.put(PATH, wanted(NO_ACCOUNT, status="awaiting_approval"))
    await take(harness, 50)
    await choose(harness, 1, default_expense_account=OFFICE)
    assert (await last(harness)).sync.state is SyncState.IN_STEP

    await harness.change(PATH, wanted(NO_ACCOUNT))

    first, second = await sent(harness)
    assert first.lines is not None
    assert second.lines is not None
    assert (first.status, [line.account_xero_id for line in first.lines]) == (InvoiceStatus.SUBMITTED, [None])
    assert (second.status, [line.account_xero_id for line in second.lines]) == (InvoiceStatus.AUTHORISED, [OFFICE])


@pytest.mark.rule("BILL-3")
async def test_a_setting_that_changes_reaches_a_healthy_bill(harness: ServiceHarness) -> None:
    await in_xero(harness, status="awaiting_approval")
    healthy = await last(harness)

    await choose(harness, 1, approved_only_bills=True)
    assert (await last(harness)).sync.state is SyncState.NOT_FOR_XERO
    await choose(harness, 2, approved_only_bills=False)

    after = await last(harness)
    assert after == healthy.replace(origin=after.origin)
    assert (after.origin.kind, after.origin.settings_version) == (OriginKind.EVENT, 2)
    assert (len(await sent(harness)), await problems(harness)) == (1, [])


@pytest.mark.rule("BILL-3")
async def test_a_bill_that_stayed_here_goes_out_once_all_bills_are_sent(harness: ServiceHarness) -> None:
    await connected(harness)
    await choose(harness, 1, approved_only_bills=True)
    await harness.put(PATH, wanted(status="awaiting_approval"))
    assert (await sent(harness), await problems(harness)) == ([], [])
    assert (await last(harness)).sync.state is SyncState.NOT_FOR_XERO

    await choose(harness, 2, approved_only_bills=False)

    assert [body.status for body in await sent(harness)] == [InvoiceStatus.SUBMITTED]


@pytest.mark.rule("BILL-3")
async def test_a_setting_that_bills_are_not_decided_by_changes_none(harness: ServiceHarness) -> None:
    await in_xero(harness)
    said = await harness.published(Bill)

    await choose(harness, 1, contact_phone=False, payment_account=uuid4())

    assert await harness.published(Bill) == said


@pytest.mark.rule("SYS-2")
async def test_a_healthy_bill_waits_for_nothing_when_a_reason_to_wait_comes_up(harness: ServiceHarness) -> None:
    await in_xero(harness)
    said = await harness.published(Bill)

    await harness.connect(ConnectionState.CONNECTION_LOST, sequence=9)

    assert (await harness.published(Bill), await problems(harness)) == (said, [])
    await harness.change(PATH, wanted(number="B-2"))
    assert ((await last(harness)).sync.state, await problems(harness)) == (SyncState.WAITING, ["not_connected"])
    await harness.connect(sequence=10)
    assert ((await sent(harness))[-1].number, await problems(harness)) == ("B-2", [])


@pytest.mark.rule("SYS-2")
async def test_a_bill_that_is_withdrawn_waits_no_longer(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(PATH, wanted())
    assert await problems(harness) == ["vendor_not_in_xero"]

    await harness.change(PATH, wanted(status="draft"))

    known = await last(harness)
    assert (known.status, known.sync.state, known.sync.waits_for) == (BillStatus.DRAFT, SyncState.NOT_FOR_XERO, ())
    assert (await problems(harness), await harness.published(WriteIntent)) == ([], [])
