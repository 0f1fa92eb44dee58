"""What bills, sales invoices and vendor credits have in common: their fields, how they are voided or deleted, and which
fields can no longer change once payments or credits are on them.

Source: docs/xero.md 4.3, 4.4.
"""

from collections.abc import Sequence, Set
from uuid import UUID

from tieout_connector.kinds import lines
from tieout_connector.kinds.fields import BodyField, trimmed
from tieout_connector.xero import wire
from tieout_connector.xero.documents import ContactRef
from tieout_connector.xero.models import Json
from tieout_schemas.bodies import DocumentBody
from tieout_schemas.xero import InvoiceStatus

GONE = (InvoiceStatus.VOIDED, InvoiceStatus.DELETED)
OPEN = (InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED)
APPROVED = (InvoiceStatus.AUTHORISED, InvoiceStatus.PAID)
HAS_MONEY = "This document cannot be edited as it has a payment or credit note allocated to it."
LINE_ID_MISSING = "To update fields on a paid invoice line item, you must supply a LineItemID"
NOT_FOR_MODIFICATION = "{document} not of valid status for modification"
NO_LINES = "One or more line items must be specified"
VOID_WITH_MONEY = (
    "The status VOIDED cannot be applied to the {document} because it has payments or credit notes allocated to it."
)


def _same_status(wanted: InvoiceStatus | None, raw: Json) -> bool:
    # PAID follows from payments; nobody writes it. So AUTHORISED and PAID are alike, and so are VOIDED and DELETED.
    return raw["Status"] == wanted or any(raw["Status"] in alike and wanted in alike for alike in (APPROVED, GONE))


def _is_retaxed(body: DocumentBody, raw: Json) -> bool:
    """Whether Xero would replace a tax that was entered, because it computes each line's tax anew."""
    types = body.line_amount_types
    return types is not None and types != raw.get("LineAmountTypes", types) and lines.has_entered_tax(body.lines or ())


HEADER: tuple[BodyField[DocumentBody], ...] = (
    BodyField(
        "contact_xero_id",
        lambda body, raw: UUID(raw["Contact"]["ContactID"]) == body.contact_xero_id,
        lambda body, _: {"contact": ContactRef(contact_id=body.contact_xero_id)},
    ),
    BodyField("status", lambda body, raw: _same_status(body.status, raw), lambda body, _: {"status": body.status}),
    BodyField("date", lambda body, raw: wire.day(raw["Date"]) == body.date, lambda body, _: {"date": body.date}),
    BodyField(
        "currency",
        lambda body, raw: raw["CurrencyCode"] == body.currency,
        lambda body, _: {"currency_code": body.currency},
    ),
    BodyField(
        "line_amount_types",
        lambda body, raw: raw["LineAmountTypes"] == body.line_amount_types,
        lambda body, _: {"line_amount_types": body.line_amount_types},
    ),
    BodyField(
        "lines",
        lambda body, raw: not _is_retaxed(body, raw) and lines.shown(body.lines or (), raw),
        lambda body, raw: {"line_items": lines.forms(body.lines or (), raw, retaxed=_is_retaxed(body, raw))},
    ),
)


def number_field(shown_as: str, written_as: str) -> BodyField[DocumentBody]:
    """The field for the document's number. `shown_as`: Xero's name of it; `written_as`: the form's."""
    return BodyField(
        "number",
        lambda body, raw: trimmed(raw.get(shown_as)) == trimmed(body.number),
        lambda body, _: {written_as: body.number},
    )


def is_gone(now: Json) -> bool:
    """Whether it was voided or deleted in Xero."""
    return now.get("Status") in GONE


def ending(now: Json) -> InvoiceStatus:
    """The status that ends the document: one that was never approved is deleted, an approved one is voided (BILL-5)."""
    return InvoiceStatus.DELETED if now.get("Status") in OPEN else InvoiceStatus.VOIDED


def has_money(now: Json) -> bool:
    """Whether there are payments or credits on the document, or a part of the credit is allocated or refunded."""
    # Xero shows no sum of what is used of a credit, only its allocations and refunds (docs/xero.md 3.10).
    used = now.get("Allocations") or now.get("Payments")
    return bool(used) or any(wire.number(now.get(applied)) for applied in ("AmountPaid", "AmountCredited"))


def is_fixed(now: Json) -> bool:
    """Whether only a few fields may still change: the document is paid, at least in part. A zero total is paid too."""
    return has_money(now) or now.get("Status") == InvoiceStatus.PAID


def refuses_status(body: DocumentBody, now: Json, document: str) -> tuple[str, ...]:
    """Xero's words if the document is voided or deleted, or if an approval is to be taken back. Empty: no refusal."""
    taken_back = now.get("Status") in APPROVED and body.status in OPEN
    return (NOT_FOR_MODIFICATION.format(document=document),) if is_gone(now) or taken_back else ()


def refuses_lines(body: DocumentBody, changes: Sequence[str]) -> tuple[str, ...]:
    """Xero's words if all lines are to be removed. Xero itself would keep them silently. Empty: no refusal."""
    return (NO_LINES,) if "lines" in changes and not body.lines else ()


def refuses_for_money(body: DocumentBody, now: Json, changes: Sequence[str], loose: Set[str]) -> tuple[str, ...]:
    """Xero's words if money on the document forbids one of these changes. Empty: no refusal.

    `loose`: the fields that may change all the same. Of lines, everything but the amounts may.
    """
    if not is_fixed(now):
        return ()
    if "lines" in changes and "lines" in loose:
        if lines.has_new(body.lines or (), now):
            return (LINE_ID_MISSING,)
        if not lines.amounts_stand(body.lines or (), now):
            return (HAS_MONEY,)
    return (HAS_MONEY,) if set(changes) - loose else ()
