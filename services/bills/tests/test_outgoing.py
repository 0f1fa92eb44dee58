"""A bill made or changed on the platform, and when it goes to Xero."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_bills.model import BillIn
from tieout_bills.rules.edit import edited
from tieout_bills.rules.outgoing import verdict
from tieout_kit.errors import Clash
from tieout_kit.sync import Hold, Send, Stay, Verdict
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, Connection, ConnectionState
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import BillBody
from tieout_schemas.xero import InvoiceStatus

TENANT, B, VENDOR, CONTACT, LINE = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
ORIGIN = Origin(kind=OriginKind.USER, by="ana", rule="BILL-2")
PAPER = {"description": "Paper", "unit_amount": "100.00", "account_code": "400", "tax_type": "INPUT2"}
OPEN = Connection(tenant_id=TENANT, state=ConnectionState.CONNECTED)
SHUT = Connection(tenant_id=TENANT, state=ConnectionState.DISCONNECTED)
ANY = TenantSettings(tenant_id=TENANT)
APPROVED_ONLY = TenantSettings(tenant_id=TENANT, approved_only_bills=True)


def wanted(status: str = "approved", **more: Any) -> BillIn:
    return BillIn.model_validate(
        {
            "vendor_id": str(VENDOR),
            "number": "B-1",
            "status": status,
            "date": "2026-11-01",
            "due_date": "2026-11-20",
            "currency": "NZD",
            "lines": [PAPER],
            **more,
        }
    )


def bill(status: str = "approved", **more: Any) -> Bill:
    return edited(B, None, wanted(status), ORIGIN).model_copy(update=more)


def in_xero() -> Bill:
    one = bill()
    return one.model_copy(update={"lines": tuple(li.model_copy(update={"xero_line_id": LINE}) for li in one.lines)})


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize(
    ("here", "there"),
    [("awaiting_approval", InvoiceStatus.SUBMITTED), ("approved", InvoiceStatus.AUTHORISED)],
)
def test_approval_maps_to_xeros_status(here: str, there: InvoiceStatus) -> None:
    sent = verdict(bill(here), CONTACT, OPEN, ANY)

    assert isinstance(sent, Send)
    assert isinstance(sent.body, BillBody)
    assert (sent.body.status, sent.body.contact_xero_id, sent.body.number) == (there, CONTACT, "B-1")


@pytest.mark.rule("BILL-2")
def test_the_lines_go_to_xero_whole() -> None:
    sent = verdict(in_xero(), CONTACT, OPEN, ANY)

    assert isinstance(sent, Send)
    assert isinstance(sent.body, BillBody)
    [line] = sent.body.lines
    assert (line.description, line.quantity, line.unit_amount) == ("Paper", Decimal(1), Decimal("100.00"))
    assert (line.account_code, line.tax_type, line.xero_line_id) == ("400", "INPUT2", LINE)


@pytest.mark.rule("BILL-2")
@pytest.mark.rule("BILL-3")
@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize(
    ("one", "contact", "connection", "settings", "expected"),
    [
        (bill("draft"), CONTACT, OPEN, ANY, Stay()),
        (bill("draft"), None, SHUT, ANY, Stay()),
        (bill("awaiting_approval"), CONTACT, OPEN, APPROVED_ONLY, Stay()),
        (bill(xero_status=InvoiceStatus.VOIDED), CONTACT, OPEN, ANY, Stay()),
        (bill(xero_status=InvoiceStatus.DELETED), CONTACT, OPEN, ANY, Stay()),
        (bill(), CONTACT, SHUT, ANY, Hold(Reason.NOT_CONNECTED, {"kind": "bill"})),
        (bill(), None, OPEN, ANY, Hold(Reason.VENDOR_NOT_IN_XERO, {"number": "B-1", "vendor_id": str(VENDOR)})),
    ],
    ids=["draft", "draft, all else missing", "approved only", "voided", "deleted", "not connected", "no vendor"],
)
def test_a_bill_stays_or_waits_with_its_reason(
    one: Bill, contact: UUID | None, connection: Connection, settings: TenantSettings, expected: Verdict
) -> None:
    assert verdict(one, contact, connection, settings) == expected


@pytest.mark.rule("BILL-3")
def test_an_approved_bill_is_sent_even_if_only_approved_ones_are() -> None:
    assert isinstance(verdict(bill(), CONTACT, OPEN, APPROVED_ONLY), Send)


@pytest.mark.rule("BILL-8")
def test_the_same_request_again_changes_nothing() -> None:
    once = in_xero()

    assert edited(B, once, wanted(lines=[{**PAPER, "unit_amount": "100"}]), ORIGIN) is once


@pytest.mark.rule("BILL-8")
def test_an_edit_is_wished_for_and_keeps_xeros_line_ids() -> None:
    after = edited(B, in_xero(), wanted(lines=[{**PAPER, "unit_amount": "90.00"}, PAPER]), ORIGIN)

    assert after.sync.desired == 2
    assert [line.xero_line_id for line in after.lines] == [LINE, None]


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize(
    "state",
    [{"xero_status": InvoiceStatus.VOIDED}, {"xero_status": InvoiceStatus.DELETED}, {"paid": True}],
    ids=["voided", "deleted", "paid"],
)
def test_a_bill_that_is_gone_or_paid_is_not_changed_any_more(state: dict[str, Any]) -> None:
    done = bill(**state)

    with pytest.raises(Clash, match=r"B-1 is .* cannot be changed"):
        edited(B, done, wanted(number="B-2"), ORIGIN)
    assert edited(B, done, wanted(), ORIGIN) is done
