"""Every example in Xero's OpenAPI files is read, and every written one is a form that we could send."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from tieout_connector.xero import (
    accounts,
    allocations,
    attachments,
    bank_transactions,
    bank_transfers,
    batch_payments,
    contact_groups,
    contacts,
    credit_notes,
    currencies,
    documents,
    history,
    invoices,
    items,
    organisation,
    overpayments,
    payments,
    prepayments,
    tax_rates,
    tracking,
    wire,
)
from tieout_connector.xero.documents import DocumentForm
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.forms import Form, StatusForm
from tieout_connector.xero.identity import org_connections
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.responses import classify
from xero_sim.openapi import Operation, accounting, identity

Json = dict[str, Any]

RESOURCES: dict[str, Resource[Any]] = {
    resource.name: resource
    for resource in (
        accounts.ACCOUNTS, bank_transactions.BANK_TRANSACTIONS, bank_transfers.BANK_TRANSFERS,
        batch_payments.BATCH_PAYMENTS, contact_groups.CONTACT_GROUPS, contacts.CONTACTS, credit_notes.CREDIT_NOTES,
        currencies.CURRENCIES, invoices.INVOICES, items.ITEMS, organisation.ORGANISATION, overpayments.OVERPAYMENTS,
        payments.PAYMENTS, prepayments.PREPAYMENTS, tax_rates.TAX_RATES, tracking.TRACKING_CATEGORIES,
    )
}  # fmt: skip
BELOW: dict[str, Resource[Any]] = {
    "Actions": organisation.ACTIONS,
    "Allocations": allocations.allocations_of("CreditNotes", "x"),
    "Attachments": attachments.attachments_of("Invoices", "x"),
    "Contacts": contact_groups.members_of("x"),
    "History": history.history_of("Invoices", "x"),
    "Options": tracking.options_of("x"),
}
FORMS: dict[str, type[Form]] = {
    "PUT Accounts": accounts.AccountForm,
    "POST Accounts/*": accounts.AccountForm,
    "PUT BankTransactions": bank_transactions.BankTransactionForm,
    "POST BankTransactions": bank_transactions.BankTransactionForm,
    "POST BankTransactions/*": bank_transactions.BankTransactionForm,
    "PUT BankTransfers": bank_transfers.BankTransferForm,
    "POST BankTransfers": bank_transfers.BankTransferDeletion,
    "POST BankTransfers/*": StatusForm,
    "PUT BatchPayments": batch_payments.BatchPaymentForm,
    "POST BatchPayments": StatusForm,
    "POST BatchPayments/*": StatusForm,
    "PUT ContactGroups": contact_groups.ContactGroupForm,
    "POST ContactGroups/*": contact_groups.ContactGroupForm,
    "PUT ContactGroups/*/Contacts": documents.ContactRef,
    "PUT Contacts": contacts.ContactForm,
    "POST Contacts": contacts.ContactForm,
    "POST Contacts/*": contacts.ContactForm,
    "PUT CreditNotes": credit_notes.CreditNoteForm,
    "POST CreditNotes": credit_notes.CreditNoteForm,
    "POST CreditNotes/*": credit_notes.CreditNoteForm,
    "PUT Currencies": currencies.CurrencyForm,
    "PUT Invoices": invoices.InvoiceForm,
    "POST Invoices": invoices.InvoiceForm,
    "POST Invoices/*": invoices.InvoiceForm,
    "PUT Items": items.ItemForm,
    "POST Items": items.ItemForm,
    "POST Items/*": items.ItemForm,
    "PUT Payments": payments.PaymentForm,
    "POST Payments": payments.PaymentForm,
    "POST Payments/*": StatusForm,
    "PUT TaxRates": tax_rates.TaxRateForm,
    "POST TaxRates": tax_rates.TaxRateForm,
    "PUT TrackingCategories": tracking.TrackingForm,
    "POST TrackingCategories/*": tracking.TrackingForm,
    "PUT TrackingCategories/*/Options": tracking.TrackingForm,
    "POST TrackingCategories/*/Options/*": tracking.TrackingForm,
    "PUT CreditNotes/*/Allocations": allocations.AllocationForm,
    "PUT Overpayments/*/Allocations": allocations.AllocationForm,
    "PUT Prepayments/*/Allocations": allocations.AllocationForm,
    **{
        f"PUT {name}/*/History": history.NoteForm
        for name in (
            "BankTransactions", "BankTransfers", "BatchPayments", "Contacts", "CreditNotes", "Invoices", "Items",
            "Overpayments", "Payments", "Prepayments",
        )
    },
}  # fmt: skip
NOT_OURS = {
    "GET Contacts/*/CISSettings": "UK construction tax, which no rule of ours looks at.",
    "GET Organisation/*/CISSettings": "UK construction tax, which no rule of ours looks at.",
    "GET Invoices/*/OnlineInvoice": "A page for a customer, which we do not show.",
    "POST Invoices/*/Email": "Its body is empty: nothing to compose, and we send no mails.",
}
WRONG = {
    "POST Invoices/* sent": "Its contact is {}: nobody. To leave the contact as it is, it must be left out.",
}
"""Examples that are wrong in Xero's file, beside those that xero_sim.openapi.mistakes mends."""


class Example(NamedTuple):
    """An example of an operation, named `PUT Invoices/*`."""

    name: str
    status: int
    """0: of the request."""
    content: Any

    def __str__(self) -> str:
        return f"{self.name} {self.status or 'sent'}"


def named(operation: Operation) -> str:
    parts = operation.template.strip("/").split("/")
    return f"{operation.method.upper()} {'/'.join('*' if part.startswith('{') else part for part in parts)}"


def examples() -> Iterator[Example]:
    spec = accounting()
    for operation in spec.operations():
        name = named(operation)
        if name.split(" ")[1].split("/")[0] not in RESOURCES:
            continue
        for status, answer in operation.body["responses"].items():
            for content in spec.resolved(answer).get("content", {}).values():
                if "example" in content:
                    yield Example(name, int(status), content["example"])
        for content in spec.resolved(operation.body.get("requestBody") or {}).get("content", {}).values():
            if "example" in content:
                yield Example(name, 0, content["example"])


EXAMPLES = [example for example in examples() if example.name not in NOT_OURS and str(example) not in WRONG]


def as_received(content: Any) -> Any:
    return wire.loads(json.dumps(content).encode())


def resource_of(name: str) -> Resource[Any]:
    parts = name.split(" ")[1].split("/")
    below = next((part for part in reversed(parts[1:]) if part != "*"), None)
    return BELOW[below] if below else RESOURCES[parts[0]]


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.status == 200], ids=str)
def test_every_answer_is_read(example: Example) -> None:
    content, resource = as_received(example.content), resource_of(example.name)
    # A deletion of an allocation answers the one element alone.
    raws = [content] if example.name.startswith("DELETE") and "AllocationId" in content else resource.raws(content)

    read = [resource.read(raw) for raw in raws]

    assert read
    for raw, record in zip(raws, read, strict=True):
        if record is None:
            assert raw["PaymentType"] in ("ARCREDITPAYMENT", "APCREDITPAYMENT"), "only refunds are no payments of ours"
        elif resource.id_field != "DateUTC":
            assert str(raw.get(resource.id_field, raw.get("AllocationId", ""))) in str(record)


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.status == 400], ids=str)
def test_every_refusal_is_told_in_xeros_words(example: Example) -> None:
    # One of them is JSON as a text.
    body = example.content if isinstance(example.content, str) else json.dumps(example.content)

    error = classify(400, {"Content-Type": "application/json"}, body.encode())

    assert isinstance(error, RefusedRequest)
    elements = json.loads(body)["Elements"]
    messages = [each["Message"] for element in elements for each in element["ValidationErrors"]]
    assert list(error.messages) == messages


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.status == 0], ids=str)
def test_every_written_element_is_a_form_of_ours(example: Example) -> None:
    form, key = FORMS[example.name], resource_of(example.name).key or resource_of(example.name).name
    sent = spelt(as_received(example.content))
    elements = sent.get(key, [sent])

    for element in elements:
        composed = form.model_validate(element, extra="ignore").wire()

        assert composed
        assert not differences(json.loads(wire.dumps(composed), parse_float=Decimal), element)


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_example_is_wrong_still(wrong: str) -> None:
    example = next(each for each in examples() if str(each) == wrong)

    (element,) = spelt(as_received(example.content))[resource_of(example.name).name]

    with pytest.raises(ValueError, match=r"Contact\.ContactID"):
        FORMS[example.name].model_validate(element, extra="ignore")


def test_every_resource_has_examples_and_every_connection_is_read() -> None:
    assert {each.name.split(" ")[1].split("/")[0] for each in EXAMPLES} == set(RESOURCES)
    assert set(NOT_OURS) < {each.name for each in examples()}
    text = identity().file["paths"]["/Connections"]["get"]["responses"]["200"]["content"]["application/json"]["example"]

    (connection,) = org_connections(wire.loads(text.encode()))

    assert connection.org_name == "Demo Company (NZ)"


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.name)
def test_a_list_may_be_asked_what_xero_documents_and_nothing_else(resource: Resource[Any]) -> None:
    spec = accounting()
    operation = spec.operation("GET", f"/api.xro/2.0/{resource.name}")
    assert operation
    asked = [spec.resolved(each) for each in operation.body.get("parameters", [])]
    query = {each["name"] for each in asked if each["in"] == "query"}

    assert resource.filters == query - {"page", "pageSize", "unitdp"}
    assert resource.paged is ("page" in query)
    assert ("list" in resource.unitdp) is ("unitdp" in query)
    assert resource.modified_since is any(each["name"] == "If-Modified-Since" for each in asked)


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.name)
def test_four_decimals_are_asked_for_wherever_xero_knows_them(resource: Resource[Any]) -> None:
    spec = accounting()
    found = set()
    for where, method, path in (("one", "GET", f"{resource.name}/x"), ("write", "PUT", resource.name)):
        operation = spec.operation(method, f"/api.xro/2.0/{path}")
        asked = [spec.resolved(each)["name"] for each in operation.body.get("parameters", [])] if operation else []
        found |= {where} if "unitdp" in asked else set()

    assert resource.unitdp - {"list"} == found


KINDS = (*Form.__subclasses__(), *DocumentForm.__subclasses__())
NAMES = {(field.alias or "").lower(): field.alias for kind in KINDS for field in kind.model_fields.values()}
KEYS = {(each.key or each.name).lower(): each.key or each.name for each in (*RESOURCES.values(), *BELOW.values())}


def spelt(content: Any) -> Any:
    """Names as Xero documents them: it reads them without case, and its examples spell some in small letters."""
    if isinstance(content, dict):
        return {(KEYS | NAMES).get(name.lower(), name): spelt(value) for name, value in content.items()}
    return [spelt(each) for each in content] if isinstance(content, list) else content


def differences(ours: Any, theirs: Any) -> list[str]:
    """What we would send otherwise than they did; that they sent more is fine."""
    if isinstance(ours, dict):
        return [f"{name}: {each}" for name, value in ours.items() for each in differences(value, theirs[name])]
    if isinstance(ours, list):
        return [each for mine, other in zip(ours, theirs, strict=True) for each in differences(mine, other)]
    same = ours == (Decimal(str(theirs)) if isinstance(ours, Decimal) else theirs)
    return [] if same else [f"{ours!r} for {theirs!r}"]
