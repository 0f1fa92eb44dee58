"""Allocations of credit notes, prepayments and overpayments to bills. Source: xero-api.md 4.4, 4.7, trap 22."""

import datetime as dt
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, AliasPath, Field

from tieout_connector.xero.documents import Document
from tieout_connector.xero.forms import Form
from tieout_connector.xero.reading import Cents, Day, XeroModel
from tieout_connector.xero.resource import Resource, Way
from tieout_schemas.money import Money


class Allocation(XeroModel):
    """A part of a credit set against a bill; the amount is in the credit's currency."""

    # The reply to a deletion spells the id otherwise, and holds a list of invoices.
    xero_id: Annotated[UUID | None, Field(validation_alias=AliasChoices("AllocationID", "AllocationId"))] = None
    """None where Xero does not tell it: the reply to a create in its examples."""
    invoice_xero_id: Annotated[
        UUID,
        Field(
            validation_alias=AliasChoices(AliasPath("Invoice", "InvoiceID"), AliasPath("Invoice", 0, "InvoiceID")),
        ),
    ]
    amount: Cents = Decimal(0)
    date: Day
    is_deleted: bool = False


class Credit(Document):
    """What every credit shows beside a document's fields."""

    remaining: Annotated[Money, Field(alias="RemainingCredit")]
    allocations: tuple[Allocation, ...] = ()


class InvoiceRef(Form):
    """A bill or invoice by its id."""

    invoice_id: UUID


class AllocationForm(Form):
    """An allocation to make: same contact and currency, no more than is left on either side."""

    invoice: InvoiceRef
    amount: Decimal
    date: dt.date


def allocations_of(credits: str, credit_id: UUID | str) -> Resource[Allocation]:
    """Those of one credit; `credits` is CreditNotes, Prepayments or Overpayments. Read with the credit itself."""
    return Resource(
        f"{credits}/{credit_id}/Allocations",
        "AllocationID",
        Allocation.model_validate,
        key="Allocations",
        create=Way.MANY,
        delete=True,
    )
