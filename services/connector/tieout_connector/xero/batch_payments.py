"""Batch payments: many bills paid with one bank transaction. Source: docs/xero.md 4.6."""

import datetime as dt
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form, Secret
from tieout_connector.xero.models import Cents, Day, Moment, XeroModel
from tieout_connector.xero.resource import Resource, WriteMode


class BatchMember(XeroModel):
    """A payment of a batch. `amount` is in the bill's currency, `bank_amount` in the account's."""

    payment_xero_id: Annotated[UUID | None, Field(alias="PaymentID")] = None
    invoice_xero_id: Annotated[UUID, Field(validation_alias=AliasPath("Invoice", "InvoiceID"))]
    amount: Cents
    bank_amount: Cents | None = None


class BatchPayment(XeroModel):
    """A batch. The reply to its deletion names no payments. The total is in the account's currency."""

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
    """A bill to pay in a batch, and the texts on the vendor's bank statement."""

    invoice: InvoiceRef
    amount: Decimal
    bank_account_number: Secret | None = None
    particulars: Secret | None = None
    code: Secret | None = None
    reference: Secret | None = None
    details: Secret | None = None


class BatchPaymentForm(Form):
    """A batch to create. Texts on our own bank statement have 12 characters at most in New Zealand, 18 elsewhere."""

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
    create=WriteMode.MANY,
    # Only the status can be updated: a batch is deleted as a whole.
    update=WriteMode.BY_ID,
)
