"""What bills, sales invoices and vendor credits have in common: their fields, their end, and what money fixes of them.

Source: xero-api.md 4.3, 4.4.
"""

from collections.abc import Sequence, Set
from uuid import UUID

from tieout_connector.kinds import lines
from tieout_connector.kinds.fields import Field, trimmed
from tieout_connector.xero import wire
from tieout_connector.xero.documents import ContactRef
from tieout_connector.xero.reading import Json
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
    # An approved one is PAID by what is paid on it: nobody writes that. VOIDED and DELETED both mean that it is gone.
    return raw["Status"] == wanted or any(raw["Status"] in alike and wanted in alike for alike in (APPROVED, GONE))


HEADER: tuple[Field[DocumentBody], ...] = (
    Field(
        "contact_xero_id",
        lambda body, raw: UUID(raw["Contact"]["ContactID"]) == body.contact_xero_id,
        lambda body, _: {"contact": ContactRef(contact_id=body.contact_xero_id)},
    ),
    Field("status", lambda body, raw: _same_status(body.status, raw), lambda body, _: {"status": body.status}),
    Field("date", lambda body, raw: wire.day(raw["Date"]) == body.date, lambda body, _: {"date": body.date}),
    Field(
        "currency",
        lambda body, raw: raw["CurrencyCode"] == body.currency,
        lambda body, _: {"currency_code": body.currency},
    ),
    Field(
        "line_amount_types",
        lambda body, raw: raw["LineAmountTypes"] == body.line_amount_types,
        lambda body, _: {"line_amount_types": body.line_amount_types},
    ),
    Field(
        "lines",
        lambda body, raw: lines.shown(body.lines or (), raw),
        lambda body, raw: {"line_items": lines.forms(body.lines or (), raw)},
    ),
)


def number_field(shown_as: str, written_as: str) -> Field[DocumentBody]:
    """Its number, by Xero's name and by the form's."""
    return Field(
        "number",
        lambda body, raw: trimmed(raw.get(shown_as)) == trimmed(body.number),
        lambda body, _: {written_as: body.number},
    )


def is_gone(now: Json) -> bool:
    """Whether it was voided or deleted in Xero."""
    return now.get("Status") in GONE


def ending(now: Json) -> InvoiceStatus:
    """The status that ends it: what was never approved is deleted, what was is voided (BILL-5)."""
    return InvoiceStatus.DELETED if now.get("Status") in OPEN else InvoiceStatus.VOIDED


def has_money(now: Json) -> bool:
    """Whether payments or credits are on it."""
    return any(wire.number(now.get(applied)) for applied in ("AmountPaid", "AmountCredited", "AppliedAmount"))


def is_fixed(now: Json) -> bool:
    """Whether only a few fields may still change: it was paid in part or whole, also by being over nothing."""
    return has_money(now) or now.get("Status") == InvoiceStatus.PAID


def refuses_status(body: DocumentBody, now: Json, document: str) -> tuple[str, ...]:
    """Xero's words, where it lets nobody change what is gone, nor take an approval back."""
    taken_back = now.get("Status") in APPROVED and body.status in OPEN
    return (NOT_FOR_MODIFICATION.format(document=document),) if is_gone(now) or taken_back else ()


def refuses_lines(body: DocumentBody, changes: Sequence[str]) -> tuple[str, ...]:
    """Xero's words, where all lines would be taken away: it would keep them without a word."""
    return (NO_LINES,) if "lines" in changes and not body.lines else ()


def refuses_for_money(body: DocumentBody, now: Json, changes: Sequence[str], loose: Set[str]) -> tuple[str, ...]:
    """Xero's words, where money on it forbids one of these changes; `loose`: what may change all the same. Of lines
    that is what is no amount."""
    if not is_fixed(now):
        return ()
    if "lines" in changes and "lines" in loose:
        if lines.has_new(body.lines or (), now):
            return (LINE_ID_MISSING,)
        if not lines.amounts_stand(body.lines or (), now):
            return (HAS_MONEY,)
    return (HAS_MONEY,) if set(changes) - loose else ()
