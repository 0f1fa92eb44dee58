"""Prepayments: made as bank transactions, allocated here. Source: xero-api.md 4.7."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.allocations import Allocation
from tieout_connector.xero.documents import Document
from tieout_connector.xero.reading import OPEN
from tieout_connector.xero.resource import Resource
from tieout_schemas.money import Money


class PrepaymentType(StrEnum):
    """SPEND is to a vendor."""

    RECEIVE_PREPAYMENT = "RECEIVE-PREPAYMENT"
    SPEND_PREPAYMENT = "SPEND-PREPAYMENT"


class Prepayment(Document):
    """A prepayment; status AUTHORISED, PAID or VOIDED."""

    xero_id: Annotated[UUID, Field(alias="PrepaymentID")]
    type: Annotated[PrepaymentType | str, OPEN]
    number: Annotated[str, Field(alias="InvoiceNumber")] = ""
    remaining: Annotated[Money, Field(alias="RemainingCredit")]
    allocations: tuple[Allocation, ...] = ()


PREPAYMENTS = Resource(
    "Prepayments",
    "PrepaymentID",
    Prepayment.model_validate,
    filters=frozenset({"where", "order", "InvoiceNumbers"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list"}),
)
