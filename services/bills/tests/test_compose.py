"""The body that makes Xero's bill look like ours (BILL-2)."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_bills.bill.compose import compose
from tieout_kit.sync.field import Owner
from tieout_schemas.bodies import BillBody, WriteLine
from tieout_schemas.platform import AccountFrom, BillLine, BillStatus
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, Tracking
from tieout_testing.builders import bill, facts, vendor

VENDOR_ID, CONTACT_XERO_ID, LINE_XERO_ID = uuid4(), uuid4(), uuid4()
FACTS = facts(vendor(VENDOR_ID, CONTACT_XERO_ID), vendor(uuid4(), uuid4()))
LOCATION = Tracking(category="Location", option="Auckland")
LINE = BillLine(
    description="Paper",
    quantity=Decimal(3),
    unit_amount=Decimal("12.3456"),
    account_code="431",
    account_from=AccountFrom.DEFAULT,
    tax_type="NONE",
    tracking=(LOCATION,),
    xero_line_id=LINE_XERO_ID,
)
OURS = bill(
    uuid4(),
    uuid4(),
    vendor_id=VENDOR_ID,
    number="B-7",
    status=BillStatus.APPROVED,
    date=dt.date(2026, 11, 2),
    due_date=dt.date(2026, 12, 24),
    currency="USD",
    line_amount_types=LineAmountTypes.INCLUSIVE,
    lines=(LINE,),
)
SENT: dict[str, Any] = {
    each.name: getattr(OURS, each.name) for each in BILL.fields if each.owner is not Owner.XERO_ALONE
}
WHOLE = BillBody(
    contact_xero_id=CONTACT_XERO_ID,
    number="B-7",
    status=InvoiceStatus.AUTHORISED,
    date=dt.date(2026, 11, 2),
    due_date=dt.date(2026, 12, 24),
    currency="USD",
    line_amount_types=LineAmountTypes.INCLUSIVE,
    lines=(
        WriteLine(
            xero_line_id=LINE_XERO_ID,
            description="Paper",
            quantity=Decimal(3),
            unit_amount=Decimal("12.3456"),
            account_code="431",
            tax_type="NONE",
            tracking=(LOCATION,),
        ),
    ),
)


@pytest.mark.rule("BILL-2")
def test_a_bill_goes_to_xero_whole() -> None:
    assert compose(OURS, FACTS, SENT) == WHOLE
    assert None not in WHOLE.model_dump().values()


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("name", SENT)
def test_what_is_not_wanted_is_left_as_xero_has_it(name: str) -> None:
    parts = {other: value for other, value in SENT.items() if other != name}

    assert compose(OURS, FACTS, parts) == WHOLE.replace(**{BILL.by_name[name].body_name: None})


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize(
    ("here", "there"),
    [
        (BillStatus.DRAFT, InvoiceStatus.DRAFT),
        (BillStatus.AWAITING_APPROVAL, InvoiceStatus.SUBMITTED),
        (BillStatus.APPROVED, InvoiceStatus.AUTHORISED),
    ],
)
def test_approval_maps_to_xeros_status(here: BillStatus, there: InvoiceStatus) -> None:
    assert compose(OURS, FACTS, {**SENT, "status": here}) == WHOLE.replace(status=there)


@pytest.mark.rule("BILL-8")
def test_a_line_that_is_new_has_no_id_of_xeros() -> None:
    body = compose(OURS, FACTS, {**SENT, "lines": (LINE, LINE.replace(xero_line_id=None))})

    assert body.lines is not None
    assert [line.xero_line_id for line in body.lines] == [LINE_XERO_ID, None]


@pytest.mark.rule("BILL-12")
def test_a_bill_that_is_made_anew_takes_no_line_ids_along() -> None:
    unlinked = OURS.replace(sync=OURS.sync.replace(xero_id=None))

    assert WHOLE.lines
    assert compose(unlinked, FACTS, SENT) == WHOLE.replace(lines=(WHOLE.lines[0].replace(xero_line_id=None),))
