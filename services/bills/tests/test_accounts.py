"""The account of a bill's line: its own, or the tenant's default (MAP-4, MAP-9)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_bills import handlers
from tieout_bills.model import BillIn
from tieout_bills.rules.account import posted
from tieout_bills.rules.edit import edited
from tieout_bills.rules.incoming import follow
from tieout_bills.rules.outgoing import verdict
from tieout_kit import tenants
from tieout_kit.sync import Hold, Send
from tieout_local.stage import Stage
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import AccountFrom, Bill, Connection, ConnectionState, Sync, Vendor
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import BillBody, WriteIntent
from tieout_schemas.xero import InvoiceStatus, XeroInvoice

TENANT, B, VENDOR, CONTACT, LINE = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
ORIGIN = Origin(kind=OriginKind.USER, by="ana", rule="BILL-2")
OPEN = Connection(tenant_id=TENANT, state=ConnectionState.CONNECTED)
PAPER: dict[str, Any] = {"description": "Paper", "unit_amount": "100.00", "account_code": "400"}
INK: dict[str, Any] = {"description": "Ink", "unit_amount": "20.00"}


def wanted(status: str = "approved", *lines: dict[str, Any]) -> dict[str, Any]:
    return {
        "vendor_id": str(VENDOR),
        "number": "B-1",
        "status": status,
        "date": "2026-11-01",
        "due_date": "2026-11-20",
        "currency": "NZD",
        "lines": list(lines) or [PAPER, INK],
    }


def bill(status: str = "approved", *lines: dict[str, Any], **more: Any) -> Bill:
    return edited(B, None, BillIn.model_validate(wanted(status, *lines)), ORIGIN).model_copy(update=more)


def settings(default: str | None, tenant_id: UUID = TENANT, version: int = 1) -> TenantSettings:
    return TenantSettings(tenant_id=tenant_id, version=version, default_expense_account=default)


def accounts(one: Bill) -> list[tuple[str | None, str]]:
    return [(line.account_code, line.account_from) for line in one.lines]


@pytest.mark.rule("MAP-9")
@pytest.mark.parametrize(
    ("one", "default", "then"),
    [
        (bill(), "429", [("400", "line"), ("429", "default")]),
        (bill("awaiting_approval"), "429", [("400", "line"), ("429", "default")]),
        (bill("draft"), "429", [("400", "line"), (None, "line")]),
        (bill(), None, [("400", "line"), (None, "line")]),
        (posted(bill(), settings("429")), "430", [("400", "line"), ("429", "default")]),
        (bill(sync=Sync(desired=1, sent=1, in_flight=True)), "429", [("400", "line"), (None, "line")]),
        (bill(sync=Sync(xero_id=uuid4())), "429", [("400", "line"), (None, "line")]),
    ],
    ids=["approved", "awaiting", "draft", "none chosen", "had one", "on its way", "from Xero"],
)
def test_a_line_that_is_about_to_leave_gets_its_own_account_or_the_default(
    one: Bill, default: str | None, then: list[tuple[str | None, str]]
) -> None:
    assert accounts(posted(one, settings(default))) == then


@pytest.mark.rule("MAP-4")
@pytest.mark.parametrize(
    ("status", "waits"), [("approved", True), ("awaiting_approval", False)], ids=["approved", "awaiting"]
)
def test_only_what_xero_is_to_approve_waits_for_an_account(status: str, waits: bool) -> None:
    decided = verdict(bill(status), CONTACT, OPEN, settings(None))

    if waits:
        assert decided == Hold(Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, {"number": "B-1"})
        assert Reason.EXPENSE_ACCOUNT_NOT_CHOSEN.value.setting == "default_expense_account"
    else:
        assert isinstance(decided, Send)


@pytest.mark.rule("MAP-9")
def test_the_same_request_again_keeps_the_default_whatever_it_is_by_now() -> None:
    once = posted(bill(), settings("429"))

    assert edited(B, once, BillIn.model_validate(wanted()), ORIGIN) is once


@pytest.mark.rule("MAP-9")
def test_a_line_that_names_an_account_later_has_its_own() -> None:
    after = edited(B, posted(bill(), settings("429")), BillIn.model_validate(
        wanted("approved", PAPER, {**INK, "account_code": "431"}, INK)), ORIGIN)  # fmt: skip

    assert accounts(after) == [("400", "line"), ("431", "line"), (None, "line")]


@pytest.mark.rule("MAP-9")
@pytest.mark.parametrize(
    ("there", "account_from"), [("429", AccountFrom.DEFAULT), ("431", AccountFrom.LINE)], ids=["same", "changed there"]
)
def test_a_line_followed_from_xero_still_says_where_its_account_is_from(there: str, account_from: AccountFrom) -> None:
    sent = posted(bill("approved", INK), settings("429"))
    here = sent.model_copy(
        update={
            "sync": Sync(desired=1, sent=1, acknowledged=1, xero_id=uuid4(), xero_sequence=5),
            "lines": tuple(line.model_copy(update={"xero_line_id": LINE}) for line in sent.lines),
        }
    )
    nothing = {"amount": "0.00", "currency": "NZD"}
    line = {"xero_line_id": LINE, "description": "Black ink", "unit_amount": "20.00", "account_code": there}
    seen = XeroInvoice.model_validate(
        {
            "xero_id": here.sync.xero_id, "updated_at": "2026-11-22T00:00:00Z", "type": "ACCPAY",
            "status": "AUTHORISED", "contact_xero_id": CONTACT, "date": "2026-11-01", "currency": "NZD",
            "line_amount_types": "Exclusive", "lines": [line], "subtotal": nothing, "total_tax": nothing,
            "total": nothing, "amount_due": nothing, "amount_paid": nothing, "amount_credited": nothing,
        }
    )  # fmt: skip

    after = follow(here, seen, 6, ORIGIN)

    assert after.lines[0].description == "Black ink"
    assert accounts(after) == [(there, account_from)]


@pytest.mark.real
@pytest.mark.rule("MAP-4")
@pytest.mark.rule("MAP-9")
async def test_a_held_bill_goes_out_by_itself_once_the_default_account_is_chosen(stage: Stage) -> None:
    await stage.connect()
    vendor = Vendor(id=VENDOR, name="Acme", sync=Sync(xero_id=CONTACT), origin=ORIGIN)
    await stage.hear(handlers.vendors_changed, (vendor, 1))
    held = (await stage.put(f"bills/{B}", wanted())).json()["sync"]["held"]
    assert (held, await stage.said(WriteIntent)) == ("expense_account_not_chosen", [])

    await stage.hear(tenants.settings_changed, (settings("429", stage.tenant_id), 1))

    [intent] = await stage.said(WriteIntent)
    assert isinstance(intent.body, BillBody)
    assert [line.account_code for line in intent.body.lines] == ["400", "429"]
    stored = (await stage.get(f"bills/{B}")).json()
    assert [(line["account_code"], line["account_from"]) for line in stored["lines"]] == [
        ("400", "line"), ("429", "default"),
    ]  # fmt: skip
    assert stored["origin"]["settings_version"] == 1
    assert [p.state for p in await stage.said(Problem)] == [ProblemState.OPEN, ProblemState.CLOSED]
    await stage.hear(tenants.settings_changed, (settings("430", stage.tenant_id, 2), 2))
    assert (await stage.put(f"bills/{B}", wanted())).json()["sync"]["desired"] == 1


@pytest.mark.real
@pytest.mark.rule("MAP-4")
async def test_a_bill_that_awaits_approval_is_sent_without_an_account(stage: Stage) -> None:
    await stage.connect()
    vendor = Vendor(id=VENDOR, name="Acme", sync=Sync(xero_id=CONTACT), origin=ORIGIN)
    await stage.hear(handlers.vendors_changed, (vendor, 1))

    await stage.put(f"bills/{B}", wanted("awaiting_approval"))

    [intent] = await stage.said(WriteIntent)
    assert isinstance(intent.body, BillBody)
    assert (intent.body.status, intent.body.lines[1].account_code) == (InvoiceStatus.SUBMITTED, None)
