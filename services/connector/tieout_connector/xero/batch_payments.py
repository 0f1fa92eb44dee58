"""Batch payments: many bills paid with one bank transaction. Source: docs/xero.md 4.6."""

import datetime as dt
from decimal import Decimal

from tieout_connector.xero import wire
from tieout_connector.xero.allocations import InvoiceRef
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form, Secret
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import each, identifier, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import PaymentStatus
from tieout_schemas.xero_bank import BatchType, XeroBatchMember, XeroBatchPayment


def parse(raw: Json) -> XeroBatchPayment:
    """A batch. The reply to its deletion names no payments. Raises Unreadable."""
    payments = each(raw, "Payments", "payment", _member)
    return XeroBatchPayment(
        xero_id=required(raw, "BatchPaymentID", identifier),
        updated_at=required(raw, "UpdatedDateUTC", wire.instant),
        type=required(raw, "Type", word(BatchType)),
        status=required(raw, "Status", word(PaymentStatus)),
        account_xero_id=required(raw, "Account.AccountID", identifier),
        date=required(raw, "Date", wire.day),
        total=required(raw, "TotalAmount", wire.cents),
        reference=raw.get("Reference") or "",
        is_reconciled=bool(raw.get("IsReconciled")),
        payments=tuple(sorted(payments, key=lambda each: (each.invoice_xero_id, str(each.payment_xero_id)))),
    )


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
    parse,
    filters=frozenset({"where", "order"}),
    modified_since=True,
    create=WriteMode.MANY,
    # Only the status can be updated: a batch is deleted as a whole.
    update=WriteMode.BY_ID,
)


def _member(raw: Json) -> XeroBatchMember:
    return XeroBatchMember(
        payment_xero_id=optional(raw, "PaymentID", identifier),
        invoice_xero_id=required(raw, "Invoice.InvoiceID", identifier),
    )
