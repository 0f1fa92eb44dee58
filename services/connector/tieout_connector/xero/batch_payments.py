"""Batch payments: many bills paid in one movement of money. Source: xero-api.md 4.6."""

import datetime as dt
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form, Secret
from tieout_connector.xero.reading import Cents, Day, Moment, XeroModel
from tieout_connector.xero.resource import Resource, Way


class BatchMember(XeroModel):
    """A payment of a batch. `amount` is in the bill's currency, `bank_amount` in the account's."""

    payment_xero_id: Annotated[UUID | None, Field(alias="PaymentID")] = None
    invoice_xero_id: Annotated[UUID, Field(validation_alias=AliasPath("Invoice", "InvoiceID"))]
    amount: Cents
    bank_amount: Cents | None = None


class BatchPayment(XeroModel):
    """A batch; the reply to its deletion names no payments. The total is in the account's currency."""

    xero_id: Annotated[UUID, Field(alias="BatchPaymentID")]
    updated_at: Annotated[Moment, Field(alias="UpdatedDateUTC")]
    type: str
    """PAYBATCH for bills, RECBATCH for sales invoices."""
    status: str
    account_xero_id: Annotated[UUID, Field(validation_alias=AliasPath("Account", "AccountID"))]
    date: Day
    reference: str = ""
    total: Annotated[Cents, Field(alias="TotalAmount")]
    is_reconciled: bool = False
    payments: tuple[BatchMember, ...] = ()


class BatchMemberForm(Form):
    """A bill to pay in a batch, and what the vendor's bank statement shall say."""

    invoice: InvoiceRef
    amount: Decimal
    bank_account_number: Secret | None = None
    particulars: Secret | None = None
    code: Secret | None = None
    reference: Secret | None = None
    details: Secret | None = None


class BatchPaymentForm(Form):
    """A batch to make; texts for the own statement: 12 characters in NZ, 18 elsewhere."""

    account: AccountRef
    date: dt.date
    payments: tuple[BatchMemberForm, ...]
    reference: str | None = None
    particulars: Secret | None = None
    code: Secret | None = None
    details: Secret | None = None
    narrative: Secret | None = None


BATCH_PAYMENTS = Resource(
    "BatchPayments",
    "BatchPaymentID",
    BatchPayment.model_validate,
    filters=frozenset({"where", "order"}),
    modified_since=True,
    create=Way.MANY,
    # A status alone: a batch is deleted as a whole, and never changed.
    update=Way.BY_ID,
)
