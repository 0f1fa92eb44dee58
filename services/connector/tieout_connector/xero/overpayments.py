"""Overpayments. They are created as bank transactions, and allocated here. Source: docs/xero.md 4.7."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.allocations import Credit
from tieout_connector.xero.models import OPEN
from tieout_connector.xero.resource import Resource


class OverpaymentType(StrEnum):
    """SPEND is to a vendor. Xero makes an AROVERPAYMENT when a sales invoice is overpaid."""

    RECEIVE_OVERPAYMENT = "RECEIVE-OVERPAYMENT"
    SPEND_OVERPAYMENT = "SPEND-OVERPAYMENT"
    AROVERPAYMENT = "AROVERPAYMENT"


class Overpayment(Credit):
    """An overpayment; status AUTHORISED, PAID or VOIDED."""

    xero_id: Annotated[UUID, Field(alias="OverpaymentID")]
    type: Annotated[OverpaymentType | str, OPEN]


OVERPAYMENTS = Resource(
    "Overpayments",
    "OverpaymentID",
    Overpayment.model_validate,
    filters=frozenset({"where", "order", "References"}),
    paged=True,
    modified_since=True,
    unitdp=frozenset({"list"}),
)
