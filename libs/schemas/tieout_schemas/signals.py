"""Signals without state: a record of Xero may have changed (webhook), or should be read again (refresh)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Payload


class XeroKind(StrEnum):
    """The records of Xero that can be read one by one."""

    CONTACT = "xero_contact"
    INVOICE = "xero_invoice"
    PAYMENT = "xero_payment"
    CREDIT_NOTE = "xero_credit_note"
    PREPAYMENT = "xero_prepayment"
    OVERPAYMENT = "xero_overpayment"
    BATCH_PAYMENT = "xero_batch_payment"


class Webhook(Payload):
    """One event of a webhook, as Xero sent it. Source: docs/xero.md 5.2. Unknown categories are let through."""

    ce_type: ClassVar = "xero.webhook.v1"
    kind: ClassVar = "webhook"

    org_id: UUID
    category: str
    resource_id: UUID
    event_type: str
    event_at: datetime
    document_type: str | None = None
    """The document's type, where Xero's event names it; such as ACCREC for a sales invoice."""

    @property
    def key_id(self) -> str:
        return str(self.org_id)


class Refresh(Payload):
    """Read this record of Xero again."""

    ce_type: ClassVar = "xero.refresh.v1"
    kind: ClassVar = "refresh"

    xero_kind: XeroKind
    xero_id: UUID

    @property
    def key_id(self) -> str:
        return str(self.xero_id)
