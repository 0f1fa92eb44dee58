"""Bank details and tax numbers of a person stay out of every event (docs/design.md, What travels)."""

from typing import Any

import pytest
from pydantic import BaseModel

from tieout_schemas.topics import every_topic
from tieout_schemas.xero import (
    XeroAccount,
    XeroContact,
    XeroInvoice,
    XeroPayment,
    XeroTaxRate,
    XeroTrackingCategory,
)
from tieout_schemas.xero_bank import XeroBankTransfer, XeroBatchPayment
from tieout_schemas.xero_credits import XeroCreditNote, XeroOverpayment, XeroPrepayment, XeroRefund
from tieout_schemas.xero_organisation import XeroContactGroup, XeroCurrency, XeroItem, XeroOrganisation

ANSWERS = {f"answers.{part}" for part in ("intent_id", "record.kind", "record.id", "effect", "revision", "done")}
"""Which of our own intents it answers; `explains` names fields and holds none of their values."""
SNAPSHOT = {"xero_id", "record_id", "updated_at", "asked_for", "answers", "answers.explains"} | ANSWERS
REFERENCE = {"code", "name", "active"}
MONEY = {"amount", "currency"}
CREDIT = (
    SNAPSHOT
    | {"type", "status", "contact_xero_id", "number", "reference", "date", "currency"}
    | {"allocations.xero_id", "allocations.invoice_xero_id", "allocations.date", "refunds.xero_id"}
    | {
        f"{amount}.{part}"
        for part in MONEY
        for amount in ("total", "remaining", "allocations.amount", "refunds.amount")
    }
)
ALLOWED: dict[type[BaseModel], set[str]] = {
    XeroContact: SNAPSHOT
    | {"name", "status", "email", "account_number", "phone", "merged_to"}
    | {f"address.{part}" for part in ("lines", "city", "region", "postal_code", "country")},
    XeroInvoice: SNAPSHOT
    | {"type", "status", "contact_xero_id", "number", "date", "due_date", "currency", "line_amount_types"}
    | {f"lines.{part}" for part in ("xero_line_id", "description", "quantity", "unit_amount", "line_amount")}
    | {f"lines.{part}" for part in ("tax_amount", "account_code", "tax_type", "tracking.category", "tracking.option")}
    | {"lines.account_xero_id"}
    | {f"{total}.{part}" for part in MONEY for total in ("subtotal", "total_tax", "total")}
    | {f"amount_{total}.{part}" for part in MONEY for total in ("due", "paid", "credited")}
    | {"applied.xero_id"}
    | {f"applied.amount.{part}" for part in MONEY},
    XeroPayment: SNAPSHOT | {"invoice_xero_id", "status", "date", "reference"} | {f"amount.{part}" for part in MONEY},
    XeroAccount: REFERENCE | {"xero_id", "type", "takes_payments"},
    XeroTaxRate: REFERENCE | {"rate"},
    XeroTrackingCategory: REFERENCE | {"options"},
    XeroCreditNote: CREDIT
    | {"line_amount_types"}
    | {f"lines.{part}" for part in ("xero_line_id", "description", "quantity", "unit_amount", "line_amount")}
    | {f"lines.{part}" for part in ("tax_amount", "account_code", "tax_type", "tracking.category", "tracking.option")}
    | {"lines.account_xero_id"}
    | {f"{total}.{part}" for part in MONEY for total in ("subtotal", "total_tax")},
    XeroPrepayment: CREDIT,
    XeroOverpayment: CREDIT,
    XeroRefund: SNAPSHOT
    | {"credited", "credit_xero_id", "status", "date", "reference"}
    | {f"amount.{part}" for part in MONEY},
    XeroBankTransfer: {"xero_id", "status", "from_account_xero_id", "to_account_xero_id", "amount", "date", "reference"}
    | {"from_is_reconciled", "to_is_reconciled"},
    XeroBatchPayment: SNAPSHOT
    | {"type", "status", "account_xero_id", "date", "total", "reference", "is_reconciled"}
    | {"payments.payment_xero_id", "payments.invoice_xero_id"},
    XeroOrganisation: {"xero_id", "name", "active", "base_currency", "country", "edition", "timezone", "short_code"}
    | {"period_lock_date", "end_of_year_lock_date"},
    XeroCurrency: REFERENCE,
    XeroItem: REFERENCE
    | {"xero_id", "description", "purchase_description", "purchased", "sold"}
    | {f"{price}.{part}" for price in ("purchase", "sale") for part in ("unit_price", "account_code", "tax_type")},
    XeroContactGroup: {"xero_id", "name", "active", "members"},
}
"""What of a record of Xero may travel. A field that is added here was weighed: does it tell of a person's bank or tax?
`account_number` is the customer's number with a vendor (Xero's AccountNumber), not that of a bank."""

SECRETS = ("bank", "tax_number", "taxnumber", "iban", "bsb", "swift", "routing", "ssn", "abn", "irn")


def leaves(schema: dict[str, Any], root: dict[str, Any], at: str = "") -> set[str]:
    """Every field of a schema that holds a value, as a path."""
    if "$ref" in schema:
        return leaves(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    inner = [form for word in ("anyOf", "oneOf", "allOf") for form in schema.get(word, ())]
    if isinstance(schema.get("items"), dict):
        inner.append(schema["items"])
    found = {leaf for form in inner for leaf in leaves(form, root, at)}
    for name, field in schema.get("properties", {}).items():
        found |= leaves(field, root, f"{at}.{name}".lstrip("."))
    return found or {at}


def fields(payload: type[BaseModel]) -> set[str]:
    schema = payload.model_json_schema(mode="serialization")
    return leaves(schema, schema)


SNAPSHOTS = {p for t in every_topic() if t.name.startswith("xero.") for p in t.payloads if ".xero" in p.__module__}


def test_every_snapshot_is_on_the_list() -> None:
    assert set(ALLOWED) == SNAPSHOTS


@pytest.mark.parametrize("payload", ALLOWED, ids=lambda payload: payload.__name__)
def test_a_snapshot_carries_only_what_is_allowed(payload: type[BaseModel]) -> None:
    assert fields(payload) == ALLOWED[payload]


@pytest.mark.parametrize(
    "payload", dict.fromkeys(p for t in every_topic() for p in t.payloads), ids=lambda p: p.__name__
)
def test_no_event_has_a_field_for_a_bank_or_tax_number(payload: type[BaseModel]) -> None:
    assert not [field for field in fields(payload) if any(secret in field.lower() for secret in SECRETS)]
