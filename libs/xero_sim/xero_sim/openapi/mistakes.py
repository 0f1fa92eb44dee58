"""The mistakes in Xero's own OpenAPI files, each with the reason why we know better.

"Its examples" are those of the same file; "recorded" means seen in a live answer (docs/xero.md).
"""

from typing import Any, NamedTuple


class Mistake(NamedTuple):
    """One mistake. `at`: the path of a value in the file, its names joined by dots. `becomes`: the correct value.

    `new`: the file has no value there, but should.
    """

    at: str
    becomes: Any
    why: str
    new: bool = False


_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_MIDNIGHT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT00:00:00$"}
_SECOND = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"}
_FILES = {"type": "array", "items": {"$ref": "#/components/schemas/Attachment"}}
_REFUSALS = {"type": "array", "items": {"$ref": "#/components/schemas/ValidationError"}}


def _missing(schema: str, key: str, becomes: Any, why: str) -> Mistake:
    return Mistake(f"components.schemas.{schema}.properties.{key}", becomes, why, new=True)


_ENVELOPE = {
    "Id": {"type": "string", "format": "uuid"},
    "Status": {"type": "string", "enum": ["OK"]},
    "ProviderName": _TEXT,
    "DateTimeUTC": {"type": "string", "x-is-msdate-time": True},
}
_IN_ENVELOPE = (
    "Accounts", "Actions", "Allocations", "Attachments", "BankTransactions", "BankTransfers", "BatchPayments",
    "BrandingThemes", "ContactGroups", "Contacts", "CreditNotes", "Currencies", "HistoryRecords", "Invoices", "Items",
    "Journals", "LinkedTransactions", "ManualJournals", "OnlineInvoices", "Organisations", "Overpayments", "Payments",
    "Prepayments", "PurchaseOrders", "Quotes", "RepeatingInvoices", "TaxRates", "TrackingCategories",
    "TrackingOptions", "Users",
)  # fmt: skip

_DELETED_ALLOCATION = {
    "type": "object",
    "required": ["AllocationId", "IsDeleted"],
    "properties": {
        "AllocationId": {"type": "string", "format": "uuid"},
        "Date": {"type": "string", "x-is-msdate": True},
        "Invoice": {"type": "array", "items": {"$ref": "#/components/schemas/Invoice"}},
        "IsDeleted": {"type": "boolean", "enum": [True]},
    },
}

ACCOUNTING = (
    *(
        _missing(name, key, becomes, "The envelope around every answer; in the examples, recorded.")
        for name in _IN_ENVELOPE
        for key, becomes in _ENVELOPE.items()
    ),
    *(
        _missing(name, "DateString", _MIDNIGHT, "Beside Date in the examples; recorded for invoices.")
        for name in ("Invoice", "CreditNote", "BankTransaction", "BankTransfer", "Prepayment", "Overpayment")
    ),
    _missing("Invoice", "DueDateString", _MIDNIGHT, "Beside DueDate in the examples, recorded."),
    _missing("BankTransfer", "CreatedDateUTCString", _SECOND, "Beside CreatedDateUTC in the examples."),
    Mistake(
        "components.schemas.BankTransaction.required",
        ["Type", "BankAccount"],
        "LineItems are required of a write alone: lists that are not paged leave them out (docs/xero.md 3.4).",
    ),
    _missing("HistoryRecord", "DateUTCString", _SECOND, "Beside DateUTC in the examples."),
    _missing("ContactGroup", "HasValidationErrors", _FLAG, "In the examples."),
    _missing("LineItem", "ValidationErrors", _REFUSALS, "In the example of a refused bank transaction, recorded."),
    _missing("CreditNote", "DueDateString", _MIDNIGHT, "Beside DueDate, as it is recorded for invoices."),
    _missing("Invoice", "InvoicePaymentServices", {"type": "array"}, "Recorded; always empty."),
    _missing("LineItemTracking", "Options", {"type": "array"}, "In pages in place of TrackingOptionID; recorded."),
    *(
        _missing(name, "Attachments", _FILES, "In the examples of single reads.")
        for name in ("CreditNote", "BankTransaction", "BankTransfer")
    ),
    *(
        _missing(name, "ValidationErrors", _REFUSALS, "In the examples, and recorded for phones and history.")
        for name in ("Address", "Phone", "ContactPerson", "Bill", "ContactGroup", "HistoryRecord")
    ),
    *(
        _missing("TrackingOption", key, _FLAG, "In the examples.")
        for key in ("HasValidationErrors", "IsDeleted", "IsArchived", "IsActive")
    ),
    *(
        _missing(name, "ID", {"type": "string", "format": "uuid"}, "The id once more; in the examples.")
        for name in ("CreditNote", "Prepayment", "Overpayment")
    ),
    Mistake(
        "components.schemas.DeletedAllocation", _DELETED_ALLOCATION, "Named nowhere: see what refers to it.", new=True
    ),
    *(
        Mistake(
            f"paths./{name}s/{{{name}ID}}/Allocations/{{AllocationID}}.delete.responses.200.content.application/json.schema",
            {"$ref": "#/components/schemas/DeletedAllocation"},
            "The example is one bare object with AllocationId and a list of invoices, unlike any Allocation.",
        )
        for name in ("CreditNote", "Prepayment", "Overpayment")
    ),
    Mistake(
        "paths./BankTransactions.put.requestBody.content.application/json.example.bankTransactions.0.type",
        "SPEND",
        "The example holds a line of Java, BankTransaction.TypeEnum.SPEND.",
    ),
    Mistake(
        "components.schemas.Element",
        {"type": "object", "required": ["ValidationErrors"], "properties": {"ValidationErrors": _REFUSALS},
         "additionalProperties": True},
        "The file names ids alone. Xero echoes the whole element as it was sent; in the examples, recorded.",
    ),
)  # fmt: skip

IDENTITY: tuple[Mistake, ...] = ()
