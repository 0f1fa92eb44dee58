"""Whatever Xero shows in a bill, the bill comes in, waits or is skipped: no snapshot stops the service (F09)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_bills.bill import BILL
from tieout_kit.sync import Import, Seen, Skip, Wait, XeroOnly
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, Tracking, XeroInvoice, XeroLine, XeroTaxRate
from tieout_testing.builders import facts, nzd, vendor, xero_invoice
from tieout_testing.kind_harness import KindHarness

pytestmark = pytest.mark.field("F09")
BILL_XERO_ID, CONTACT_XERO_ID = UUID(int=1), UUID(int=2)
GST = XeroTaxRate(code="INPUT2", name="GST", active=True, rate=Decimal(15))
FACTS = facts(vendor(UUID(int=3), CONTACT_XERO_ID), reference=[GST])
NUMBERS = st.decimals(-(10**14), 10**14, places=4)
MONEY = st.decimals(-(10**14), 10**14, places=2).map(lambda amount: nzd(str(amount)))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
LINES = st.builds(
    XeroLine,
    xero_line_id=st.integers(10, 14).map(lambda n: UUID(int=n)),
    description=TEXTS,
    quantity=st.none() | NUMBERS,
    unit_amount=st.none() | NUMBERS,
    line_amount=NUMBERS,
    tax_amount=NUMBERS,
    account_code=st.none() | TEXTS,
    account_xero_id=st.none() | st.just(UUID(int=20)),
    tax_type=st.none() | st.sampled_from(["INPUT2", "OTHER"]),
    tracking=st.lists(st.builds(Tracking, category=TEXTS, option=TEXTS), max_size=2).map(tuple),
)


def _bill(fields: dict[str, Any]) -> XeroInvoice:
    return xero_invoice(BILL_XERO_ID, **fields)


SNAPSHOTS: st.SearchStrategy[XeroInvoice] = st.fixed_dictionaries(
    {
        "contact_xero_id": st.sampled_from([CONTACT_XERO_ID, UUID(int=4)]),
        "status": st.sampled_from(list(InvoiceStatus)),
        "number": TEXTS,
        "date": st.dates(),
        "due_date": st.none() | st.dates(),
        "line_amount_types": st.sampled_from(list(LineAmountTypes)),
        "lines": st.lists(LINES, max_size=3).map(tuple),
        "total": MONEY,
        "amount_due": MONEY,
        "amount_paid": MONEY,
    }
).map(_bill)


@settings(max_examples=150, deadline=None)
@given(st.lists(SNAPSHOTS, min_size=1, max_size=3))
def test_every_snapshot_is_used(snapshots: list[XeroInvoice]) -> None:
    bills = KindHarness(BILL, FACTS)

    for sequence, snapshot in enumerate(snapshots, 1):
        bills.deliver((snapshot, sequence))

    decision = BILL.arrive(XeroOnly(FACTS.tenant_id, 1, snapshots[0]), (), FACTS)
    assert isinstance(decision, Wait | Skip | Import)
    assert not isinstance(decision, Import) or bills.record(decision.record.id).sync.based_on_sequence
    assert Seen(1, snapshots[0]).text
