"""A batch of changes takes two calls: one that reads all it needs to know, and one that writes."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from tieout_connector.kinds import write_kinds
from tieout_schemas import bodies
from tieout_schemas.bodies import Body, WriteLine
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes
from tieout_testing.connector import ConnectorHarness

KINDS = write_kinds("http://localhost:3000")
DAY = dt.date(2026, 9, 14)
LONGEST = 2000
"""Characters of an address that every server takes (trap 27)."""


def intent(body: Body, xero_id: UUID | None = None) -> WriteIntent:
    return WriteIntent(
        record=RecordRef(kind="record", id=uuid4()), effect="main", revision=1, xero_id=xero_id, body=body
    )


def document(kind: Any, contact: UUID, number: str) -> Any:
    price = Decimal(100)
    line = WriteLine(description="Paper", quantity=Decimal(1), unit_amount=price, account_code="453", tax_type=None)
    due = {} if kind is bodies.VendorCreditBody else {"due_date": DAY}
    return kind(
        contact_xero_id=contact, number=number, status=InvoiceStatus.AUTHORISED, date=DAY, currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE, lines=(line,), **due,
    )  # fmt: skip


def payment() -> Body:
    return bodies.PaymentBody(
        bill_xero_id=uuid4(), account_code="090", date=DAY, amount="10", currency="NZD", reference="P-1"
    )


def documents(kind: Any) -> Callable[[], Body]:
    return lambda: document(kind, uuid4(), "1")


CREATES: Sequence[Callable[[], Body]] = (
    lambda: bodies.ContactBody(name="Kea"),
    documents(bodies.BillBody),
    documents(bodies.InvoiceBody),
    documents(bodies.VendorCreditBody),
    payment,
)
CHANGES: Sequence[Callable[[], Body]] = (
    *CREATES[:-1],
    lambda: bodies.ContactArchiveBody(contact_xero_id=uuid4()),
    lambda: bodies.PaymentReversalBody(payment_xero_id=uuid4(), bill_xero_id=uuid4()),
    lambda: bodies.ItemBody(code="NAIL"),
)


@pytest.mark.parametrize("make", CHANGES, ids=lambda make: make().kind)
def test_what_is_read_before_a_full_batch_of_changes_is_one_call_with_a_short_address(
    make: Callable[[], Body],
) -> None:
    kind = KINDS[make().kind]
    batch = [intent(make(), uuid4()) for _ in range(kind.batch_limit(intent(make(), uuid4())))]

    (read,) = kind.pre_reads(batch)

    assert len(f"{read.resource}?{urlencode(read.params)}") < LONGEST


@pytest.mark.parametrize("make", CREATES, ids=lambda make: make().kind)
def test_a_lost_batch_of_creates_is_looked_up_by_short_addresses(make: Callable[[], Body]) -> None:
    kind = KINDS[make().kind]
    batch = [intent(make()) for _ in range(kind.batch_limit(intent(make())))]

    questions = kind.lookup_requests(batch, dt.datetime.now(dt.UTC))

    assert max(len(f"{each.resource}?{urlencode(each.params)}") for each in questions) < LONGEST


@pytest.mark.real
async def test_many_credits_are_read_in_one_call_and_one_that_xero_does_not_know_keeps_none_back(
    harness: ConnectorHarness,
) -> None:
    await harness.connect_idle()
    contact = UUID(await harness.their_contact())
    made = [intent(document(bodies.VendorCreditBody, contact, f"C-{n}")) for n in range(19)]
    await harness.deliver(*made)
    async with harness.working():
        known = [result.xero_id for result in await harness.results(19)]
        await harness.control.clear_ledger()

        changes = [
            intent(document(bodies.VendorCreditBody, contact, f"D-{n}"), xero_id)
            for n, xero_id in enumerate([*known, uuid4()])
        ]
        await harness.deliver(*changes)
        results = {result.record.id: result.outcome for result in (await harness.results(39))[19:]}

    assert [results[each.record.id] for each in changes] == [Outcome.DONE] * 19 + [Outcome.REFUSED]
    assert [call["method"] for call in await harness.control.calls()] == ["GET", "POST"]
    assert {each["CreditNoteNumber"] for each in await harness.xero("CreditNotes")} == {f"D-{n}" for n in range(19)}
