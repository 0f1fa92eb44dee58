"""Accounts of the chart from and to Xero's form. Source: docs/xero.md 4.8."""

from tieout_connector.xero.forms import Form, Secret
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import identifier, required
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import XeroAccount


def parse(raw: Json) -> XeroAccount:
    """An account of the chart of accounts. An account of unknown status counts as inactive.
    Raises Unreadable."""
    account_type = required(raw, "Type", str)
    return XeroAccount(
        xero_id=required(raw, "AccountID", identifier),
        code=raw.get("Code") or "",
        name=raw.get("Name") or "",
        active=(raw.get("Status") or "ACTIVE") == "ACTIVE",
        type=account_type,
        takes_payments=account_type == "BANK" or bool(raw.get("EnablePaymentsToAccount")),
    )


class AccountForm(Form):
    """An account to create or change; a status is changed alone. Only a bank account has a bank account number."""

    code: str | None = None
    name: str | None = None
    type: str | None = None
    status: str | None = None
    description: str | None = None
    tax_type: str | None = None
    bank_account_number: Secret | None = None
    bank_account_type: str | None = None
    currency_code: str | None = None
    enable_payments_to_account: bool | None = None
    show_in_expense_claims: bool | None = None


ACCOUNTS = Resource(
    "Accounts",
    "AccountID",
    parse,
    filters=frozenset({"where", "order"}),
    modified_since=True,
    create=WriteMode.ONE,
    update=WriteMode.BY_ID,
    delete=True,
)
