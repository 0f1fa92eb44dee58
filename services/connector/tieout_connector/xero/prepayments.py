"""Prepayments. They are created as bank transactions, and allocated here. Source: docs/xero.md 4.7."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.allocations import Credit
from tieout_connector.xero.models import OPEN
from tieout_connector.xero.resource import Resource


class PrepaymentType(StrEnum):
    """SPEND is to a vendor."""

    RECEIVE_PREPAYMENT = "RECEIVE-PREPAYMENT"
    SPEND_PREPAYMENT = "SPEND-PREPAYMENT"


class Prepayment(Credit):
    """A prepayment; status AUTHORISED, PAID or VOIDED."""

    xero_id: Annotated[UUID, Field(alias="PrepaymentID")]
    type: Annotated[PrepaymentType | str, OPEN]
    number: Annotated[str, Field(alias="InvoiceNumber")] = ""


PREPAYMENTS = Resource(
    "Prepayments",
    "PrepaymentID",
    Prepayment.model_validate,
    filters=frozenset({"where", "order", "InvoiceNumbers"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list"}),
)
