"""Transfers between bank accounts of the organisation. Source: docs/xero.md 4.7."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.bank_transactions import AccountRef
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import identifier, optional, required, word
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import PaymentStatus
from tieout_schemas.xero_bank import XeroBankTransfer


def parse(raw: Json) -> XeroBankTransfer:
    """A transfer. It has no UpdatedDateUTC. Raises Unreadable."""
    return XeroBankTransfer(
        xero_id=required(raw, "BankTransferID", identifier),
        status=optional(raw, "Status", word(PaymentStatus)) or PaymentStatus.AUTHORISED,
        from_account_xero_id=required(raw, "FromBankAccount.AccountID", identifier),
        to_account_xero_id=required(raw, "ToBankAccount.AccountID", identifier),
        amount=required(raw, "Amount", wire.cents),
        date=optional(raw, "Date", wire.day),
        reference=raw.get("Reference") or "",
        from_is_reconciled=bool(raw.get("FromIsReconciled")),
        to_is_reconciled=bool(raw.get("ToIsReconciled")),
    )


class BankTransferForm(Form):
    """A transfer to create."""

    from_bank_account: AccountRef
    to_bank_account: AccountRef
    amount: Decimal
    date: dt.date | None = None
    reference: str | None = None


class BankTransferDeletion(Form):
    """The deletion of a transfer: the only change that Xero allows."""

    bank_transfer_id: UUID
    status: str = "DELETED"


BANK_TRANSFERS = Resource(
    "BankTransfers",
    "BankTransferID",
    parse,
    filters=frozenset({"where", "order", "includeDeleted"}),
    modified_since=True,
    create=WriteMode.MANY,
    update=WriteMode.MANY,
)
