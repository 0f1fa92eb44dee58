"""When a payment goes to Xero, and with which body: pure rules, as tables."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from tieout_kit.sync.answers import Hold
from tieout_kit.sync.facts import Facts
from tieout_payments.payment import PAYMENT
from tieout_payments.payment.compose import compose
from tieout_payments.payment.rules import (
    a_payment_must_fit_its_bill,
    its_bill_must_be_approved_in_xero,
    outbound_payments_may_be_off,
)
from tieout_schemas.bodies import PaymentBody
from tieout_schemas.platform import Bill, ConnectionState, Payment, PaymentMethod, Sync, SyncState
from tieout_schemas.reasons import Reason
from tieout_schemas.references import CONNECTION, Reference, record, setting
from tieout_schemas.writes import Lane
from tieout_schemas.xero import InvoiceStatus
from tieout_testing.builders import (
    DAY,
    bill,
    facts,
    judged,
    payment,
)

BILL_ID, BILL_XERO_ID, OTHER = (uuid4() for _ in range(3))
OURS = payment(BILL_ID)
FITS = facts(bill(BILL_ID, BILL_XERO_ID))
NOT_IN_XERO = Hold(Reason.BILL_NOT_IN_XERO, {"bill_id": str(BILL_ID)}, record(Bill, BILL_ID))


def misfit(why: str) -> Hold:
    params = {"amount": "60.00 NZD", "number": "B-1", "why": why, "bill_id": str(BILL_ID)}
    return Hold(Reason.PAYMENT_DOES_NOT_FIT, params, record(Bill, BILL_ID))


@pytest.mark.rule("PAY-1")
@pytest.mark.rule("PAY-3")
def test_the_whole_payment_goes_to_xero_in_the_first_lane() -> None:
    work = judged(PAYMENT, OURS, FITS)

    [intent] = work.intents
    assert intent.body == PaymentBody(
        bill_xero_id=BILL_XERO_ID,
        account_code="090",
        date=DAY,
        amount=Decimal("60.00"),
        currency="NZD",
        reference=OURS.reference,
    )
    assert (intent.effect, intent.xero_id, intent.replaces, intent.lane) == ("payment", None, None, Lane.PERSON)
    assert work.record == OURS.replace(sync=Sync(state=SyncState.ON_ITS_WAY))


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("seen_by", [facts(), facts(bill(BILL_ID, None))], ids=["no bill", "a bill not in Xero"])
def test_no_body_is_made_before_the_bill_is_in_xero(seen_by: Facts) -> None:
    with pytest.raises(ValueError, match="before its bill is in Xero"):
        compose(OURS, seen_by, {})


@pytest.mark.rule("PAY-7")
@pytest.mark.parametrize(
    ("chosen", "held"),
    [(True, None), (False, Hold(Reason.OUTBOUND_PAYMENTS_OFF, {}, setting("outbound_payments")))],
)
def test_while_outbound_payments_are_off_nothing_is_sent(chosen: bool, held: Hold | None) -> None:
    assert outbound_payments_may_be_off(OURS, facts(outbound_payments=chosen)) == held


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize(
    ("seen_by", "held"),
    [
        (facts(), NOT_IN_XERO),
        (facts(bill(OTHER, BILL_XERO_ID)), NOT_IN_XERO),
        (facts(bill(BILL_ID, None)), NOT_IN_XERO),
        (facts(bill(BILL_ID, None, xero_status=InvoiceStatus.AUTHORISED)), NOT_IN_XERO),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=None)), NOT_IN_XERO),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.DRAFT)), NOT_IN_XERO),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.SUBMITTED)), NOT_IN_XERO),
        *(
            (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus(status))), None)
            for status in ("AUTHORISED", "PAID")
        ),
        *(
            (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus(status))), None)
            for status in ("VOIDED", "DELETED")
        ),
    ],
)
def test_a_payment_waits_until_its_bill_is_approved_in_xero(seen_by: Facts, held: Hold | None) -> None:
    assert its_bill_must_be_approved_in_xero(OURS, seen_by) == held


@pytest.mark.rule("PAY-9")
@pytest.mark.rule("BILL-6")
@pytest.mark.parametrize(
    ("seen_by", "held"),
    [
        (facts(), None),
        (FITS, None),
        *((facts(bill(BILL_ID, BILL_XERO_ID, xero_status=status, currency="USD")), None) for status in (None, "DRAFT")),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.SUBMITTED)), None),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.PAID)), misfit("is PAID in Xero")),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.VOIDED)), misfit("is VOIDED in Xero")),
        (facts(bill(BILL_ID, BILL_XERO_ID, xero_status=InvoiceStatus.DELETED)), misfit("is DELETED in Xero")),
        # Xero would take the number as an amount in the bill's currency.
        (facts(bill(BILL_ID, BILL_XERO_ID, currency="USD")), misfit("is in USD")),
        (facts(bill(BILL_ID, BILL_XERO_ID, currency="USD", xero_status=InvoiceStatus.VOIDED)), misfit("is in USD")),
    ],
)
def test_a_payment_that_turns_out_not_to_fit_its_bill_is_held(seen_by: Facts, held: Hold | None) -> None:
    assert a_payment_must_fit_its_bill(OURS, seen_by) == held


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize(
    ("one", "seen_by", "waits_for"),
    [
        (OURS, FITS, []),
        (OURS, facts(connection=ConnectionState.DISCONNECTED), [CONNECTION, record(Bill, BILL_ID)]),
        (
            OURS.replace(account_code=""),
            facts(connection=ConnectionState.CONNECTION_LOST, outbound_payments=False),
            [CONNECTION, setting("outbound_payments"), setting("clearing_account"), record(Bill, BILL_ID)],
        ),
        (
            OURS.replace(account_code="", method=PaymentMethod.OFFLINE),
            facts(bill(BILL_ID, BILL_XERO_ID, currency="USD"), outbound_payments=False),
            [setting("outbound_payments"), setting("payment_account"), record(Bill, BILL_ID)],
        ),
    ],
    ids=["nothing", "two reasons", "four", "three"],
)
def test_every_reason_is_told_and_what_each_waits_for(one: Payment, seen_by: Facts, waits_for: list[Reference]) -> None:
    work = judged(PAYMENT, one, seen_by)

    state = SyncState.WAITING if waits_for else SyncState.ON_ITS_WAY
    assert work.record.sync == Sync(state=state, waits_for=tuple(waits_for))
    assert [hold.on for hold in work.holds] == waits_for
    assert len(work.intents) == (0 if waits_for else 1)


@pytest.mark.rule("CONN-5")
@pytest.mark.parametrize("state", list(ConnectionState))
def test_payments_leave_only_over_an_open_connection(state: ConnectionState) -> None:
    open_ = state in (ConnectionState.CONNECTED, ConnectionState.IMPORTING)

    work = judged(PAYMENT, OURS, replace(FITS, connection=FITS.connection.replace(state=state)))

    held = [] if open_ else [Hold(Reason.NOT_CONNECTED, {"kind": "payment"}, CONNECTION)]
    assert (work.holds or [], len(work.intents)) == (held, 1 if open_ else 0)
