"""A payment made on the platform, when it goes to Xero, and what Xero's payment means for it."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from tieout_kit.errors import Clash
from tieout_kit.sync import Hold, Send
from tieout_payments.model import PaymentIn
from tieout_payments.rules.edit import made
from tieout_payments.rules.incoming import follow
from tieout_payments.rules.outgoing import verdict
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Connection, ConnectionState, Payment, Sync
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import Lane, PaymentBody
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, PaymentStatus, XeroPayment

TENANT, BILL, BILL_X, P, P_X = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
ORIGIN = Origin(kind=OriginKind.USER, by="ana", rule="PAY-1")
WANTED: dict[str, Any] = {
    "bill_id": str(BILL),
    "method": "ach",
    "date": "2026-11-10",
    "amount": {"amount": "60.00", "currency": "NZD"},
    "account_code": "090",
    "reference": "TX-1",
}


def payment(**more: Any) -> Payment:
    return made(P, None, PaymentIn.model_validate({**WANTED, **more}), ORIGIN)


def bill(status: str | None = "AUTHORISED", **more: Any) -> Bill:
    one = Bill(
        id=BILL,
        sync=Sync(xero_id=BILL_X),
        origin=ORIGIN,
        vendor_id=uuid4(),
        number="B-1",
        status=BillStatus.APPROVED,
        date=dt.date(2026, 11, 1),
        due_date=dt.date(2026, 11, 20),
        currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        lines=(),
        xero_status=InvoiceStatus(status) if status else None,
    )
    return one.model_copy(update=more)


def connection(state: ConnectionState = ConnectionState.CONNECTED) -> Connection:
    return Connection(tenant_id=TENANT, state=state)


def settings(on: bool = True) -> TenantSettings:
    return TenantSettings(tenant_id=TENANT, outbound_payments=on)


def seen(status: str) -> XeroPayment:
    return XeroPayment(
        xero_id=P_X,
        updated_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        invoice_xero_id=BILL_X,
        status=PaymentStatus(status),
        date=dt.date(2026, 11, 10),
        amount=Money(amount=Decimal("60.00"), currency="NZD"),
        reference="TX-1",
    )


NOT_IN_XERO = Hold(Reason.BILL_NOT_IN_XERO, {"bill_id": str(BILL)})


def misfit(why: str) -> Hold:
    params = {"amount": "60.00 NZD", "number": bill().number, "why": why, "bill_id": str(BILL)}
    return Hold(Reason.PAYMENT_DOES_NOT_FIT, params)


@pytest.mark.rule("PAY-1")
@pytest.mark.rule("PAY-3")
def test_the_whole_payment_goes_to_xero_in_the_first_lane() -> None:
    assert verdict(payment(), bill(), connection(), settings()) == Send(
        PaymentBody(
            bill_xero_id=BILL_X,
            account_code="090",
            date=dt.date(2026, 11, 10),
            amount=Decimal("60.00"),
            currency="NZD",
            reference="TX-1",
        ),
        Lane.PERSON,
    )


@pytest.mark.rule("PAY-1")
@pytest.mark.rule("PAY-7")
@pytest.mark.parametrize(
    ("of", "connected", "chosen", "expected"),
    [
        (bill(), connection(), settings(on=False), Hold(Reason.OUTBOUND_PAYMENTS_OFF, {})),
        (None, connection(ConnectionState.DISCONNECTED), settings(on=False), Hold(Reason.OUTBOUND_PAYMENTS_OFF, {})),
        (
            bill(),
            connection(ConnectionState.CONNECTION_LOST),
            settings(),
            Hold(Reason.NOT_CONNECTED, {"kind": "payment"}),
        ),
        (None, connection(), settings(), NOT_IN_XERO),
        (bill(None, sync=Sync(desired=1)), connection(), settings(), NOT_IN_XERO),
        (bill(sync=Sync(desired=1)), connection(), settings(), NOT_IN_XERO),
        (bill("SUBMITTED"), connection(), settings(), NOT_IN_XERO),
        (bill("VOIDED"), connection(), settings(), misfit("is VOIDED in Xero")),
        (bill("PAID"), connection(), settings(), misfit("is PAID in Xero")),
        # Xero would take the number as an amount in the bill's currency.
        (bill(currency="USD"), connection(), settings(), misfit("is in USD")),
    ],
)
def test_a_payment_waits_with_its_reason(
    of: Bill | None, connected: Connection, chosen: TenantSettings, expected: Hold
) -> None:
    assert verdict(payment(), of, connected, chosen) == expected


@pytest.mark.rule("PAY-1")
def test_the_same_payment_again_changes_nothing() -> None:
    once = payment()
    same = PaymentIn.model_validate({**WANTED, "amount": {"amount": "60", "currency": "NZD"}})

    assert made(P, once, same, ORIGIN) is once


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"amount": "60.01", "currency": "NZD"}},
        {"amount": {"amount": "60.00", "currency": "USD"}},
        {"bill_id": str(uuid4())},
        {"date": "2026-11-11"},
        {"account_code": "091"},
        {"reference": "TX-2"},
        {"method": "check"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_payment_is_never_changed(change: dict[str, Any]) -> None:
    with pytest.raises(Clash, match="cannot be changed"):
        made(P, payment(), PaymentIn.model_validate({**WANTED, **change}), ORIGIN)


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize(
    ("status", "sequence", "deleted", "then"),
    [("DELETED", 6, True, 6), ("DELETED", 4, False, 5), ("AUTHORISED", 6, False, 5)],
    ids=["deleted", "older", "nothing new"],
)
def test_a_payment_deleted_in_xero_is_marked(status: str, sequence: int, deleted: bool, then: int) -> None:
    before = payment().model_copy(update={"sync": Sync(desired=1, acknowledged=1, xero_id=P_X, xero_sequence=5)})

    after = follow(before, seen(status), sequence, ORIGIN)

    assert (after.deleted_in_xero, after.sync.xero_sequence) == (deleted, then)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", {"amount": "0.00", "currency": "NZD"}),
        ("amount", {"amount": "-1.00", "currency": "NZD"}),
        ("amount", {"amount": "1.001", "currency": "NZD"}),
        ("amount", {"amount": "1.00", "currency": "nzd"}),
        ("amount", {"amount": "NaN", "currency": "NZD"}),
        ("account_code", ""),
        ("reference", ""),
        ("reference", "a\x00b"),
        ("method", "cash"),
        ("run", 1),
    ],
)
def test_what_is_no_payment_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        PaymentIn.model_validate({**WANTED, field: value})
