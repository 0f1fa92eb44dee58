"""Writes as the domain services ask for them."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tieout_schemas.bodies import BillBody, ContactBody, PaymentBody, WriteLine
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address

NEWEST = 1 << 53
"""The base of a change that is never stale."""


def contact_intent(name: str, record_id: UUID | None = None, **more: Any) -> WriteIntent:
    """A vendor to write, whole, as its domain sends it; a change was decided on whatever is there."""
    record = RecordRef(kind="vendor", id=record_id or uuid4())
    body = ContactBody(name=name, email="", phone="", address=Address(), account_number="")
    based = {"base_sequence": NEWEST} if more.get("xero_id") else {}
    return WriteIntent(record=record, effect="main", revision=1, body=body, **{**based, **more})


def bill_intent(contact_id: str, number: str = "B-1", lines: Sequence[WriteLine] = (), **more: Any) -> WriteIntent:
    """A bill over 100.00 to write."""
    line = WriteLine(
        description="Paper", quantity=Decimal(1), unit_amount=Decimal(100), account_code="453", tax_type="INPUT2"
    )
    body = BillBody(
        contact_xero_id=UUID(contact_id), number=number, status="AUTHORISED", date=dt.date(2026, 9, 14),
        due_date=dt.date(2026, 10, 14), currency="NZD", line_amount_types="Exclusive",
        lines=tuple(lines) or (line,),
    )  # fmt: skip
    return WriteIntent(record=RecordRef(kind="bill", id=uuid4()), effect="main", revision=1, body=body, **more)


def payment_intent(bill_id: str, amount: str = "10.00", reference: str = "P-1") -> WriteIntent:
    """A payment to write."""
    body = PaymentBody(
        bill_xero_id=UUID(bill_id), account_code="090", date=dt.date(2026, 9, 20), amount=amount, currency="NZD",
        reference=reference,
    )  # fmt: skip
    return WriteIntent(record=RecordRef(kind="payment", id=uuid4()), effect="main", revision=1, body=body)
