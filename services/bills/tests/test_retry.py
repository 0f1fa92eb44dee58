"""A retry that a person requests sends only what is wanted, was refused, and is not on its way (SYS-2)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_kit.events import Cause
from tieout_kit.problems.findings import finding_of
from tieout_kit.sync.edit import retry
from tieout_kit.sync.judge import judge
from tieout_kit.sync.result import answered
from tieout_kit.sync.snapshot import take_in
from tieout_kit.sync.state import State
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.platform import Bill, BillStatus, ConnectionState, SyncState
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Outcome
from tieout_schemas.xero import XeroInvoice
from tieout_testing.builders import TENANT_ID, answer_to, bill, facts, vendor, xero_invoice_after

BILL_XERO_ID, VENDOR_ID, CONTACT_XERO_ID = uuid4(), uuid4(), uuid4()
IN_XERO = vendor(VENDOR_ID, CONTACT_XERO_ID)
NO_ACCOUNT = "Account code 400 is not valid"


def sent(status: BillStatus = BillStatus.APPROVED, **known: Any) -> Work[Bill, XeroInvoice]:
    ours = bill(uuid4(), None, vendor_id=VENDOR_ID, status=status)
    work = Work(BILL, TENANT_ID, ours, State(), facts(IN_XERO, **known), Cause.request())
    judge(work)
    return work


def refused(outcome: Outcome = Outcome.REFUSED, **more: Any) -> Work[Bill, XeroInvoice]:
    work = sent()
    [intent] = work.intents
    assert answered(work, answer_to(intent, outcome=outcome, messages=(NO_ACCOUNT,), **more), None)
    judge(work)
    return work


def taken() -> Work[Bill, XeroInvoice]:
    work = sent()
    [intent] = work.intents
    assert take_in(work, Seen(50, xero_invoice_after(intent, BILL_XERO_ID)))
    judge(work)
    return work


def asked_for(work: Work[Bill, XeroInvoice]) -> Work[Bill, XeroInvoice]:
    retry(work, "ana")
    judge(work)
    return work


@pytest.mark.rule("SYS-2")
def test_what_was_refused_stays_so_until_somebody_asks() -> None:
    work = refused()

    judge(work)

    assert (work.record.sync.state, len(work.intents)) == (SyncState.REFUSED, 1)
    finding = finding_of(work)
    assert finding
    assert [(one.reason, one.params) for one in finding.found] == [
        (Reason.REFUSED_BY_XERO, {"kind": "bill", "messages": NO_ACCOUNT})
    ]


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
def test_what_was_refused_or_called_back_goes_again_once_somebody_asks(outcome: Outcome) -> None:
    work = asked_for(refused(outcome, cancelled_by="bob"))

    first, again = work.intents
    assert (again.body, again.xero_id, again.attempt) == (first.body, None, first.attempt)
    assert again.revision > first.revision
    assert (work.record.sync.state, work.retried_by) == (SyncState.ON_ITS_WAY, "ana")


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("work", "state", "intents"),
    [
        (sent(), SyncState.ON_ITS_WAY, 1),
        (taken(), SyncState.IN_STEP, 1),
        (asked_for(refused()), SyncState.ON_ITS_WAY, 2),
        (sent(BillStatus.DRAFT), SyncState.NOT_FOR_XERO, 0),
        (sent(connection=ConnectionState.DISCONNECTED), SyncState.WAITING, 0),
    ],
    ids=["under way", "in step", "asked for before", "not wanted", "held"],
)
def test_asking_sends_nothing_of_what_is_not_refused(
    work: Work[Bill, XeroInvoice], state: SyncState, intents: int
) -> None:
    asked_for(work)

    assert (work.record.sync.state, len(work.intents)) == (state, intents)


@pytest.mark.rule("SYS-2")
def test_asking_sends_nothing_of_what_was_refused_and_is_not_wanted_any_more() -> None:
    work = refused()
    work.record = work.record.replace(status=BillStatus.DRAFT)

    asked_for(work)

    assert (work.record.sync.state, len(work.intents)) == (SyncState.NOT_FOR_XERO, 1)


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("change", "state", "intents"),
    [
        ({}, SyncState.REFUSED, 1),
        ({"number": "B-2"}, SyncState.ON_ITS_WAY, 2),
        ({"total": None}, SyncState.REFUSED, 1),
    ],
    ids=["nothing", "what is sent", "what is not sent"],
)
def test_a_refusal_stands_until_something_else_is_wanted(
    change: dict[str, Any], state: SyncState, intents: int
) -> None:
    work = refused()

    work.record = work.record.replace(**change)
    judge(work)

    assert (work.record.sync.state, len(work.intents)) == (state, intents)


@pytest.mark.rule("SYS-2")
def test_a_bill_that_was_refused_goes_again_to_the_other_contact_of_its_vendor() -> None:
    other_contact_xero_id = uuid4()
    work = refused()

    work.facts = facts(vendor(VENDOR_ID, other_contact_xero_id))
    judge(work)

    first, again = work.intents
    assert again.body == first.body.replace(contact_xero_id=other_contact_xero_id)
    assert work.record.sync.state is SyncState.ON_ITS_WAY
