"""The account that a payment is booked on: its own, or the one chosen for its method (MAP-4, MAP-6, PAY-2)."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_kit import tenants
from tieout_kit.sync import Hold
from tieout_local.stage import Stage
from tieout_payments import handlers
from tieout_payments.model import PaymentIn
from tieout_payments.rules.account import booked
from tieout_payments.rules.edit import made
from tieout_payments.rules.outgoing import verdict
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Connection, ConnectionState, Payment, Sync
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import PaymentBody, WriteIntent
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes

TENANT, BILL, P = uuid4(), uuid4(), uuid4()
ORIGIN = Origin(kind=OriginKind.USER, by="ana", rule="PAY-1")
OPEN = Connection(tenant_id=TENANT, state=ConnectionState.CONNECTED)


def wanted(method: str = "ach", **more: Any) -> dict[str, Any]:
    return {
        "bill_id": str(BILL),
        "method": method,
        "date": "2026-11-10",
        "amount": {"amount": "10.00", "currency": "NZD"},
        "reference": "TX-1",
        **more,
    }


def payment(method: str = "ach", **more: Any) -> Payment:
    return made(P, None, PaymentIn.model_validate(wanted(method, **more)), ORIGIN)


def settings(tenant_id: UUID = TENANT, version: int = 1, **chosen: Any) -> TenantSettings:
    return TenantSettings(tenant_id=tenant_id, version=version, **chosen)


def bill(total: str = "100.00") -> Bill:
    amount = Money(amount=Decimal(total), currency="NZD")
    return Bill(
        id=BILL, sync=Sync(xero_id=uuid4(), xero_sequence=10), origin=ORIGIN, vendor_id=uuid4(), number="B-1",
        status=BillStatus.APPROVED, date=dt.date(2026, 11, 1), due_date=dt.date(2026, 11, 20), currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE, lines=(), total=amount, amount_due=amount,
        xero_status=InvoiceStatus.AUTHORISED,
    )  # fmt: skip


@pytest.mark.rule("MAP-6")
@pytest.mark.rule("PAY-2")
@pytest.mark.parametrize(
    ("one", "chosen", "account"),
    [
        (payment("offline"), settings(payment_account="090", clearing_account="091"), "090"),
        (payment("ach"), settings(payment_account="090", clearing_account="091"), "091"),
        (payment("check"), settings(payment_account="090", clearing_account="091"), "091"),
        (payment("ach", account_code="092"), settings(payment_account="090", clearing_account="091"), "092"),
        (payment("offline"), settings(clearing_account="091"), ""),
        (payment("ach"), settings(payment_account="090"), ""),
        (booked(payment("ach"), settings(clearing_account="091")), settings(clearing_account="093"), "091"),
    ],
    ids=["elsewhere", "ach", "check", "its own", "no payment account", "no clearing account", "chosen anew later"],
)
def test_a_payment_is_booked_on_its_own_account_or_the_one_chosen_for_its_method(
    one: Payment, chosen: TenantSettings, account: str
) -> None:
    assert booked(one, chosen).account_code == account


@pytest.mark.rule("MAP-4")
@pytest.mark.parametrize(
    ("method", "reason", "setting"),
    [
        ("offline", Reason.PAYMENT_ACCOUNT_NOT_CHOSEN, "payment_account"),
        ("ach", Reason.CLEARING_ACCOUNT_NOT_CHOSEN, "clearing_account"),
        ("check", Reason.CLEARING_ACCOUNT_NOT_CHOSEN, "clearing_account"),
    ],
)
def test_a_payment_without_an_account_waits_for_the_setting_that_names_one(
    method: str, reason: Reason, setting: str
) -> None:
    held = verdict(payment(method), bill(), OPEN, settings())

    assert held == Hold(reason, {"amount": "10.00 NZD"})
    assert (reason.value.setting, reason.value.closes_on) == (setting, TenantSettings)


@pytest.mark.rule("PAY-1")
def test_the_same_payment_asked_for_again_without_an_account_is_the_same() -> None:
    once = booked(payment(), settings(clearing_account="091"))

    assert made(P, once, PaymentIn.model_validate(wanted()), ORIGIN) is once
    assert made(P, once, PaymentIn.model_validate(wanted(account_code="091")), ORIGIN) is once


@pytest.mark.real
@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-6")
async def test_held_payments_go_out_by_themselves_once_the_account_is_chosen(stage: Stage) -> None:
    await stage.connect()
    await stage.hear(handlers.bills_changed, (bill(), 1))
    for n, method in enumerate(("ach", "ach", "offline")):
        made_here = await stage.put(f"payments/{uuid4()}", wanted(method, reference=f"TX-{n}"))
        assert (made_here.json()["account_code"], made_here.json()["sync"]["in_flight"]) == ("", False)
    assert sorted(p.code for p in await stage.said(Problem)) == [
        "clearing_account_not_chosen", "clearing_account_not_chosen", "payment_account_not_chosen",
    ]  # fmt: skip

    chosen = settings(stage.tenant_id, 1, clearing_account="091")
    await stage.hear(tenants.settings_changed, (chosen, 1))

    bodies = [intent.body for intent in await stage.said(WriteIntent) if isinstance(intent.body, PaymentBody)]
    assert [(body.account_code, body.reference) for body in sorted(bodies, key=lambda b: b.reference)] == [
        ("091", "TX-0"), ("091", "TX-1"),
    ]  # fmt: skip
    sent = [p for p in await stage.said(Payment) if p.sync.in_flight]
    assert {(p.account_code, p.origin.settings_version) for p in sent} == {("091", 1)}
    closed = [p for p in await stage.said(Problem) if p.state is ProblemState.CLOSED]
    assert [p.code for p in closed] == ["clearing_account_not_chosen"] * 2

    both = chosen.model_copy(update={"version": 2, "payment_account": "090", "clearing_account": "093"})
    await stage.hear(tenants.settings_changed, (both, 2))

    last = (await stage.said(WriteIntent))[-1].body
    assert isinstance(last, PaymentBody)
    assert (last.account_code, last.reference) == ("090", "TX-2")
    listed = (await stage.get("payments")).json()["items"]
    assert sorted(one["account_code"] for one in listed) == ["090", "091", "091"]


@pytest.mark.real
@pytest.mark.rule("MAP-6")
async def test_another_account_is_for_later_payments_only(stage: Stage) -> None:
    # The bill is not here yet, so the first payment waits; its account is the one chosen when it was made.
    await stage.connect()
    await stage.hear(tenants.settings_changed, (settings(stage.tenant_id, 1, clearing_account="091"), 1))
    first = await stage.put(f"payments/{P}", wanted())
    await stage.hear(tenants.settings_changed, (settings(stage.tenant_id, 2, clearing_account="093"), 2))
    await stage.put(f"payments/{uuid4()}", wanted(reference="TX-2"))

    await stage.hear(handlers.bills_changed, (bill(), 1))
    again = await stage.put(f"payments/{P}", wanted())

    bodies = [intent.body for intent in await stage.said(WriteIntent) if isinstance(intent.body, PaymentBody)]
    assert {body.reference: body.account_code for body in bodies} == {"TX-1": "091", "TX-2": "093"}
    assert (first.json()["account_code"], again.status_code, again.json()["account_code"]) == ("091", 200, "091")
