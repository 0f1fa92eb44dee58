"""Snapshots of money that Xero moves in one go: transfers between bank accounts, and batches of payments."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload
from tieout_schemas.xero import PaymentStatus, Snapshot


class XeroBankTransfer(Payload):
    """A transfer (PAY-2). Source: docs/xero.md 4.7."""

    ce_type: ClassVar = "xero.bank-transfer.v1"
    kind: ClassVar = "bank_transfer"

    xero_id: UUID
    status: PaymentStatus
    from_account_xero_id: UUID
    to_account_xero_id: UUID
    amount: Decimal
    """In the currency of the account that it comes from."""
    date: dt.date | None = None
    """None in the reply to a deletion."""
    reference: str = ""
    from_is_reconciled: bool = False
    to_is_reconciled: bool = False

    @property
    def key_id(self) -> str:
        return str(self.xero_id)


class BatchType(StrEnum):
    """PAYBATCH pays bills, RECBATCH is paid for sales invoices. Source: docs/xero.md 4.6."""

    PAYBATCH = "PAYBATCH"
    RECBATCH = "RECBATCH"


class XeroBatchMember(Frozen):
    """A payment of a batch, which is also published by itself."""

    payment_xero_id: UUID | None = None
    invoice_xero_id: UUID


class XeroBatchPayment(Snapshot):
    """Several payments made at once: none of them can be deleted alone (PAY-5, PAY-6). Source: docs/xero.md 4.6."""

    ce_type: ClassVar = "xero.batch-payment.v1"
    kind: ClassVar = "xero_batch_payment"

    type: BatchType
    status: PaymentStatus
    account_xero_id: UUID
    date: dt.date
    total: Decimal
    """In the account's currency."""
    reference: str = ""
    is_reconciled: bool = False
    payments: tuple[XeroBatchMember, ...] = ()
    """By invoice; none once the batch is deleted."""
