"""What bills, sales invoices and vendor credits have in common: their lines, their end, and what money fixes of them.

Source: xero-api.md 4.3, 4.4.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.documents import ContactRef, LineForm
from tieout_connector.xero.invoices import line_form
from tieout_connector.xero.reading import Json
from tieout_schemas.bodies import DocumentBody, WriteLine
from tieout_schemas.xero import InvoiceStatus

GONE = (InvoiceStatus.VOIDED, InvoiceStatus.DELETED)
OPEN = (InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED)
HAS_MONEY = "This document cannot be edited as it has a payment or credit note allocated to it."
LINE_ID_MISSING = "To update fields on a paid invoice line item, you must supply a LineItemID"
VOID_WITH_MONEY = (
    "The status VOIDED cannot be applied to the {document} because it has payments or credit notes allocated to it."
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


def contact(body: DocumentBody) -> ContactRef:
    """Whose it is."""
    return ContactRef(contact_id=body.contact_xero_id)


def header(body: DocumentBody) -> dict[str, Any]:
    """What every document's form has."""
    return {
        "contact": contact(body),
        "status": body.status,
        "date": body.date,
        "currency_code": body.currency,
        "line_amount_types": body.line_amount_types,
    }


def lines(body: DocumentBody, now: Json) -> tuple[LineForm, ...]:
    """The lines to send. If it names no line of Xero's at all, those at the same places are meant, so that none is
    deleted and made anew; if it names some, a line without id is new (BILL-8)."""
    return tuple(line_form(line) for line in _placed(body.lines, now))


def same_lines(body: DocumentBody, now: Json) -> bool:
    """Whether Xero's lines are as wanted."""
    return amounts_stand(body, now) and all(_same_words(line, raw) for line, raw in _pairs(body, now))


def amounts_stand(body: DocumentBody, now: Json) -> bool:
    """Whether it wants no other lines and no other amounts than Xero's."""
    theirs = now.get("LineItems") or []
    pairs = _pairs(body, now)
    return len(pairs) == len(body.lines) == len(theirs) and all(_same_amounts(line, raw) for line, raw in pairs)


def has_new_lines(body: DocumentBody, now: Json) -> bool:
    """Whether it wants lines that Xero's does not have."""
    return any(line.xero_line_id is None for line in _placed(body.lines, now))


def same_header(body: DocumentBody, now: Json, number: str) -> bool:
    """Whether what every document has is as wanted; `number` is the name of its number."""
    status = now.get("Status")
    return (
        (status == body.status or (status, body.status) == (InvoiceStatus.PAID, InvoiceStatus.AUTHORISED))
        and same_contact(body, now)
        and (now.get(number) or "") == body.number
        and same_terms(body, now)
    )


def same_terms(body: DocumentBody, now: Json) -> bool:
    """Whether date, currency and tax are reckoned as wanted."""
    terms = (body.date, body.currency, body.line_amount_types)
    return bool(now) and (wire.day(now["Date"]), now["CurrencyCode"], now.get("LineAmountTypes")) == terms


def same_contact(body: DocumentBody, now: Json) -> bool:
    """Whether it is of the contact that is wanted."""
    return UUID(now["Contact"]["ContactID"]) == body.contact_xero_id


def _placed(wanted: Sequence[WriteLine], now: Json) -> list[WriteLine]:
    if any(line.xero_line_id for line in wanted):
        return list(wanted)
    ids = [raw.get("LineItemID") for raw in now.get("LineItems") or []][: len(wanted)]
    ids += [None] * (len(wanted) - len(ids))
    return [
        line.model_copy(update={"xero_line_id": UUID(xero_id)}) if xero_id else line
        for line, xero_id in zip(wanted, ids, strict=True)
    ]


def _pairs(body: DocumentBody, now: Json) -> list[tuple[WriteLine, Json]]:
    theirs = {UUID(raw["LineItemID"]): raw for raw in now.get("LineItems") or [] if raw.get("LineItemID")}
    return [
        (line, theirs[line.xero_line_id])
        for line in _placed(body.lines, now)
        if line.xero_line_id and line.xero_line_id in theirs
    ]


def _same_amounts(line: WriteLine, raw: Json) -> bool:
    return (
        _number(raw, "Quantity") == line.quantity
        and _number(raw, "UnitAmount") == line.unit_amount
        and line.tax_type in (None, "", raw.get("TaxType"))
    )


def _same_words(line: WriteLine, raw: Json) -> bool:
    tracking = {(each["Name"], each["Option"]) for each in raw.get("Tracking") or []}
    return (
        (raw.get("Description") or "") == line.description
        and line.account_code in (None, "", raw.get("AccountCode"))
        and tracking == {(each.category, each.option) for each in line.tracking}
    )


def _number(raw: Json, name: str) -> Decimal | None:
    return wire.number(raw[name]) if raw.get(name) is not None else None
