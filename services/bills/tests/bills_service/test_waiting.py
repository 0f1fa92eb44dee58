"""What a bill waits for: every reason is told, and it goes by itself when the last one is gone (MAP-4, SYS-2)."""

from typing import Any

import pytest

from tieout_local.builders import line_request, vendor
from tieout_local.stage import Stage
from tieout_schemas.payload import OriginKind
from tieout_schemas.platform import Bill, BillStatus, ConnectionState, SyncState, Vendor
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.references import CONNECTION, record, setting
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import InvoiceStatus

from .steps import CONTACT_XERO_ID, PATH, VENDOR_ID, connected, in_xero, last, problems, sent, take, wanted

pytestmark = pytest.mark.real
NO_ACCOUNT = line_request(description="Ink", account_code=None)


async def choose(stage: Stage, version: int, **settings: Any) -> None:
    await stage.deliver((TenantSettings(tenant_id=stage.tenant_id, version=version, **settings), version))


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize("vendor_first", [True, False])
async def test_a_bill_goes_out_once_its_vendor_is_in_xero(stage: Stage, vendor_first: bool) -> None:
    await stage.connect()
    if vendor_first:
        await stage.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))
    await stage.put(PATH, wanted())
    if not vendor_first:
        await stage.deliver((vendor(VENDOR_ID, None), 1))
        assert (await sent(stage), await problems(stage)) == ([], ["vendor_not_in_xero"])
        assert (await last(stage)).sync.waits_for == (record(Vendor, VENDOR_ID),)
        await stage.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))

    assert [body.contact_xero_id for body in await sent(stage)] == [CONTACT_XERO_ID]
    assert await problems(stage) == []


@pytest.mark.rule("BILL-2")
async def test_bills_wait_for_the_connection(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    await stage.put(PATH, wanted())
    assert (await problems(stage), await sent(stage)) == (["not_connected"], [])
    assert (await last(stage)).sync.waits_for == (CONNECTION,)

    await stage.connect(sequence=2)

    assert len(await sent(stage)) == 1
    assert await problems(stage) == []


@pytest.mark.rule("SYS-2")
@pytest.mark.rule("MAP-4")
async def test_every_reason_is_told_at_once_and_each_closes_by_itself(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)

    held = await stage.put(PATH, wanted(NO_ACCOUNT))

    account = setting("default_expense_account")
    waits_for = (CONNECTION, account, record(Vendor, VENDOR_ID))
    assert Bill.model_validate(held.json()).sync.waits_for == waits_for
    assert (await last(stage)).sync.state is SyncState.WAITING
    assert set(await problems(stage)) == {"not_connected", "expense_account_not_chosen", "vendor_not_in_xero"}
    settings = {problem.code: problem.setting for problem in await stage.said(Problem)}
    assert settings["expense_account_not_chosen"] == "default_expense_account"
    await choose(stage, 1, default_expense_account="429")
    assert set(await problems(stage)) == {"not_connected", "vendor_not_in_xero"}
    await stage.connect(sequence=2)
    assert (await problems(stage), await sent(stage)) == (["vendor_not_in_xero"], [])
    await stage.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    assert (await problems(stage), len(await sent(stage))) == ([], 1)
    assert (await last(stage)).sync.waits_for == ()


@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-9")
async def test_a_held_bill_goes_out_by_itself_once_the_default_account_is_chosen(stage: Stage) -> None:
    await connected(stage)
    held = (await stage.put(PATH, wanted(line_request(), NO_ACCOUNT))).json()
    assert (held["sync"]["state"], await sent(stage)) == ("waiting", [])

    await choose(stage, 1, default_expense_account="429")

    [body] = await sent(stage)
    assert body.lines is not None
    assert [line.account_code for line in body.lines] == ["400", "429"]
    stored = Bill.model_validate((await stage.get(PATH)).json())
    assert stored == await last(stage)
    assert [(line.account_code, line.account_from) for line in stored.lines] == [("400", "line"), ("429", "default")]
    assert (stored.origin.kind, stored.origin.settings_version) == (OriginKind.EVENT, 1)
    assert [problem.state for problem in await stage.said(Problem)] == [ProblemState.OPEN, ProblemState.CLOSED]


@pytest.mark.rule("MAP-9")
async def test_another_default_account_changes_no_line_that_has_one(stage: Stage) -> None:
    await connected(stage)
    await choose(stage, 1, default_expense_account="429")
    await stage.put(PATH, wanted(NO_ACCOUNT))
    await take(stage, 50)
    before = await last(stage)

    await choose(stage, 2, default_expense_account="430")
    again = await stage.put(PATH, wanted(NO_ACCOUNT))

    assert (again.status_code, await last(stage)) == (200, before)
    assert [(line.account_code, line.account_from) for line in before.lines] == [("429", "default")]
    assert len(await sent(stage)) == 1


@pytest.mark.rule("MAP-4")
async def test_a_bill_that_awaits_approval_is_sent_without_an_account_and_gets_one_when_approved(stage: Stage) -> None:
    await connected(stage)
    await stage.put(PATH, wanted(NO_ACCOUNT, status="awaiting_approval"))
    await take(stage, 50)
    await choose(stage, 1, default_expense_account="429")
    assert (await last(stage)).sync.state is SyncState.IN_STEP

    await stage.change(PATH, wanted(NO_ACCOUNT))

    first, second = await sent(stage)
    assert first.lines is not None
    assert second.lines is not None
    assert (first.status, [line.account_code for line in first.lines]) == (InvoiceStatus.SUBMITTED, [None])
    assert (second.status, [line.account_code for line in second.lines]) == (InvoiceStatus.AUTHORISED, ["429"])


@pytest.mark.rule("BILL-3")
async def test_a_setting_that_changes_reaches_a_healthy_bill(stage: Stage) -> None:
    await in_xero(stage, status="awaiting_approval")
    healthy = await last(stage)

    await choose(stage, 1, approved_only_bills=True)
    assert (await last(stage)).sync.state is SyncState.NOT_FOR_XERO
    await choose(stage, 2, approved_only_bills=False)

    after = await last(stage)
    assert after == healthy.replace(origin=after.origin)
    assert (after.origin.kind, after.origin.settings_version) == (OriginKind.EVENT, 2)
    assert (len(await sent(stage)), await problems(stage)) == (1, [])


@pytest.mark.rule("BILL-3")
async def test_a_bill_that_stayed_here_goes_out_once_all_bills_are_sent(stage: Stage) -> None:
    await connected(stage)
    await choose(stage, 1, approved_only_bills=True)
    await stage.put(PATH, wanted(status="awaiting_approval"))
    assert (await sent(stage), await problems(stage)) == ([], [])
    assert (await last(stage)).sync.state is SyncState.NOT_FOR_XERO

    await choose(stage, 2, approved_only_bills=False)

    assert [body.status for body in await sent(stage)] == [InvoiceStatus.SUBMITTED]


@pytest.mark.rule("BILL-3")
async def test_a_setting_that_bills_are_not_decided_by_changes_none(stage: Stage) -> None:
    await in_xero(stage)
    said = await stage.said(Bill)

    await choose(stage, 1, contact_phone=False, payment_account="090")

    assert await stage.said(Bill) == said


@pytest.mark.rule("SYS-2")
async def test_a_healthy_bill_waits_for_nothing_when_a_reason_to_wait_comes_up(stage: Stage) -> None:
    await in_xero(stage)
    said = await stage.said(Bill)

    await stage.connect(ConnectionState.CONNECTION_LOST, sequence=9)

    assert (await stage.said(Bill), await problems(stage)) == (said, [])
    await stage.change(PATH, wanted(number="B-2"))
    assert ((await last(stage)).sync.state, await problems(stage)) == (SyncState.WAITING, ["not_connected"])
    await stage.connect(sequence=10)
    assert ((await sent(stage))[-1].number, await problems(stage)) == ("B-2", [])


@pytest.mark.rule("SYS-2")
async def test_a_bill_that_is_withdrawn_waits_no_longer(stage: Stage) -> None:
    await stage.connect()
    await stage.put(PATH, wanted())
    assert await problems(stage) == ["vendor_not_in_xero"]

    await stage.change(PATH, wanted(status="draft"))

    known = await last(stage)
    assert (known.status, known.sync.state, known.sync.waits_for) == (BillStatus.DRAFT, SyncState.NOT_FOR_XERO, ())
    assert (await problems(stage), await stage.said(WriteIntent)) == ([], [])
