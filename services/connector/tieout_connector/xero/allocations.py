"""Allocations of credit notes, prepayments and overpayments to bills. Source: docs/xero.md 4.4, 4.7, trap 22."""

import datetime as dt
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, AliasPath, Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Cents, Day, XeroModel
from tieout_connector.xero.resource import Resource, WriteMode


class Allocation(XeroModel):
    """A part of a credit that is allocated to a bill or invoice. The amount is in the credit's currency."""

    # The reply to a deletion spells the id differently, and contains a list of invoices.
    xero_id: Annotated[UUID | None, Field(validation_alias=AliasChoices("AllocationID", "AllocationId"))] = None
    """None where Xero leaves it out: its examples of replies to a create."""
    invoice_xero_id: Annotated[
        UUID,
        Field(
            validation_alias=AliasChoices(AliasPath("Invoice", "InvoiceID"), AliasPath("Invoice", 0, "InvoiceID")),
        ),
    ]
    amount: Cents = Decimal(0)
    date: Day
    is_deleted: bool = False


class InvoiceRef(Form):
    """A reference to a bill or invoice."""

    invoice_id: UUID


class AllocationForm(Form):
    """An allocation to create: same contact and currency, at most the amount that is left on either side."""

    invoice: InvoiceRef
    amount: Decimal
    date: dt.date


def allocations_of(credits: str, credit_id: UUID | str) -> Resource[Allocation]:
    """The allocations of one credit, read with it. `credits`: CreditNotes, Prepayments or Overpayments."""
    return Resource(
        f"{credits}/{credit_id}/Allocations",
        "AllocationID",
        Allocation.model_validate,
        key="Allocations",
        create=WriteMode.MANY,
        delete=True,
    )
