"""When a bill is sent to Xero, and which of its fields (BILL-2, BILL-3, MAP-4, MAP-9)."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_bills.bill import BILL, rules
from tieout_kit.events import Cause
from tieout_kit.sync.answers import Hold, Stay
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.judge import judge
from tieout_kit.sync.state import State
from tieout_kit.sync.work import Work
from tieout_schemas.platform import AccountFrom, Bill, BillLine, BillStatus, ConnectionState, SyncState, Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import CONNECTION, record, setting
from tieout_testing.builders import TENANT_ID, bill, facts, vendor

BILL_ID, VENDOR_ID, CONTACT_XERO_ID = uuid4(), uuid4(), uuid4()
THERE, NOT_THERE = vendor(VENDOR_ID, CONTACT_XERO_ID), vendor(VENDOR_ID, None)
PAPER = BillLine(description="Paper", unit_amount=Decimal(100), account_code="400")
INK = BillLine(description="Ink", unit_amount=Decimal(20))
NO_CONNECTION = Hold(Reason.NOT_CONNECTED, {"kind": "bill"}, on=CONNECTION)
OFFICE = uuid4()
"""The default account."""
NO_ACCOUNT = Hold(Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, {"number": "B-1"}, on=setting("default_expense_account"))
NO_VENDOR = Hold(
    Reason.VENDOR_NOT_IN_XERO, {"number": "B-1", "vendor_id": str(VENDOR_ID)}, on=record(Vendor, VENDOR_ID)
)
DRAFT, AWAITING, APPROVED = BillStatus.DRAFT, BillStatus.AWAITING_APPROVAL, BillStatus.APPROVED


def ours(status: BillStatus = APPROVED, **more: Any) -> Bill:
    return bill(BILL_ID, None, vendor_id=VENDOR_ID, status=status, **more)


def judged(one: Bill, known: Facts) -> Work[Any, Any]:
    work = Work(BILL, TENANT_ID, one, State(), known, Cause.request())
    judge(work)
    return work


def accounts(one: Bill) -> list[tuple[UUID | str | None, str]]:
    return [(line.account_xero_id or line.account_code, line.account_from) for line in one.lines]


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize(("status", "decision"), [(DRAFT, Stay()), (AWAITING, None), (APPROVED, None)])
def test_a_draft_is_not_sent(status: BillStatus, decision: Stay | None) -> None:
    assert rules.a_draft_stays_here(ours(status), facts()) == decision


@pytest.mark.rule("BILL-3")
@pytest.mark.parametrize(
    ("status", "approved_only", "decision"),
    [
        (DRAFT, True, Stay()),
        (AWAITING, True, Stay()),
        (APPROVED, True, None),
        (DRAFT, False, None),
        (AWAITING, False, None),
        (APPROVED, False, None),
    ],
)
def test_only_approved_bills_are_sent_where_the_tenant_chose_so(
    status: BillStatus, approved_only: bool, decision: Stay | None
) -> None:
    known = facts(approved_only_bills=approved_only)

    assert rules.only_approved_bills_are_sent(ours(status), known) == decision


@pytest.mark.rule("MAP-4")
@pytest.mark.parametrize(
    ("status", "lines", "decision"),
    [
        (APPROVED, (PAPER, INK), NO_ACCOUNT),
        (APPROVED, (INK, PAPER), NO_ACCOUNT),
        (APPROVED, (PAPER,), None),
        # An account without a code is one, too (F20).
        (APPROVED, (PAPER, INK.replace(account_xero_id=uuid4())), None),
        (AWAITING, (PAPER, INK), None),
        (DRAFT, (PAPER, INK), None),
    ],
)
def test_only_what_xero_is_to_approve_waits_for_an_account(
    status: BillStatus, lines: tuple[BillLine, ...], decision: Hold | None
) -> None:
    assert rules.an_approved_bill_needs_its_accounts(ours(status, lines=lines), facts()) == decision


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize(
    ("known", "decision"),
    [
        (facts(THERE), None),
        (facts(NOT_THERE), NO_VENDOR),
        (facts(), NO_VENDOR),
        (facts(vendor(uuid4(), uuid4())), NO_VENDOR),
    ],
    ids=["in Xero", "not in Xero", "not heard of", "another vendor"],
)
def test_a_bill_waits_until_its_vendor_is_in_xero(known: Facts, decision: Hold | None) -> None:
    assert rules.the_vendor_must_be_in_xero(ours(), known) == decision


@pytest.mark.rule("MAP-9")
@pytest.mark.parametrize(
    ("one", "default", "then"),
    [
        (ours(lines=(PAPER, INK)), OFFICE, [("400", "line"), (OFFICE, "default")]),
        (ours(AWAITING, lines=(PAPER, INK)), OFFICE, [("400", "line"), (OFFICE, "default")]),
        (ours(DRAFT, lines=(PAPER, INK)), OFFICE, [("400", "line"), (None, "line")]),
        (ours(lines=(PAPER, INK)), None, [("400", "line"), (None, "line")]),
        (
            ours(lines=(PAPER, INK.replace(account_xero_id=OFFICE, account_from=AccountFrom.DEFAULT))),
            uuid4(),
            [("400", "line"), (OFFICE, "default")],
        ),
        (ours(lines=(PAPER,)), OFFICE, [("400", "line")]),
    ],
    ids=["approved", "awaiting", "draft", "none chosen", "had one", "names its own"],
)
def test_a_line_that_names_no_account_gets_the_default(
    one: Bill, default: UUID | None, then: list[tuple[UUID | str | None, str]]
) -> None:
    after = rules.with_default_account(one, facts(default_expense_account=default))

    assert accounts(after) == then
    assert after.replace(lines=one.lines) == one


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("one", "known", "holds"),
    [
        (ours(), facts(THERE), ()),
        (ours(lines=(PAPER, INK)), facts(connection=ConnectionState.DISCONNECTED),
         (NO_CONNECTION, NO_ACCOUNT, NO_VENDOR)),
        (ours(AWAITING, lines=(PAPER, INK)), facts(connection=ConnectionState.MAPPING), (NO_CONNECTION, NO_VENDOR)),
        (ours(lines=(PAPER, INK)), facts(THERE), (NO_ACCOUNT,)),
        (ours(lines=(PAPER, INK)), facts(THERE, default_expense_account=OFFICE), ()),
        (ours(DRAFT, lines=(PAPER, INK)), facts(connection=ConnectionState.DISCONNECTED), ()),
        (ours(AWAITING), facts(approved_only_bills=True), ()),
    ],
    ids=["nothing", "all", "two", "an account", "the default", "a draft waits for nothing", "nor one that stays"],
)  # fmt: skip
def test_every_reason_why_a_bill_waits_is_told_at_once(one: Bill, known: Facts, holds: tuple[Hold, ...]) -> None:
    work = judged(one, known)

    assert tuple(work.holds) == holds
    assert work.record.sync.waits_for == tuple(hold.on for hold in holds)
    assert all("B-1" in hold.reason.sentence(hold.params) for hold in holds if hold is not NO_CONNECTION)


@pytest.mark.rule("BILL-2")
@pytest.mark.rule("BILL-3")
@pytest.mark.parametrize(
    ("one", "known", "state", "sent"),
    [
        (ours(), facts(THERE), SyncState.ON_ITS_WAY, 1),
        (ours(AWAITING), facts(THERE), SyncState.ON_ITS_WAY, 1),
        (ours(), facts(THERE, approved_only_bills=True), SyncState.ON_ITS_WAY, 1),
        (ours(AWAITING), facts(THERE, approved_only_bills=True), SyncState.NOT_FOR_XERO, 0),
        (ours(DRAFT), facts(THERE), SyncState.NOT_FOR_XERO, 0),
        (ours(DRAFT), facts(connection=ConnectionState.DISCONNECTED), SyncState.NOT_FOR_XERO, 0),
        (ours(), facts(THERE, connection=ConnectionState.DISCONNECTED), SyncState.WAITING, 0),
        (ours(), facts(THERE, connection=ConnectionState.CONNECTION_LOST), SyncState.WAITING, 0),
        (ours(), facts(THERE, connection=ConnectionState.IMPORTING), SyncState.ON_ITS_WAY, 1),
        (ours(), facts(NOT_THERE), SyncState.WAITING, 0),
        (ours(lines=(INK,)), facts(THERE), SyncState.WAITING, 0),
    ],
)
def test_a_bill_is_sent_or_stays_or_waits(one: Bill, known: Facts, state: SyncState, sent: int) -> None:
    work = judged(one, known)

    assert (work.record.sync.state, len(work.intents)) == (state, sent)


@pytest.mark.rule("MAP-5")
def test_a_bill_is_decided_by_these_settings_and_is_judged_again_when_one_changes() -> None:
    assert set(BILL.settings) == {"approved_only_bills", "default_expense_account", "conflicts"}
