"""Does with pyxero what an integration does, and prints what it saw as JSON. Runs in pyxero's own environment."""

import datetime as dt
import json
import sys
from typing import Any

import requests
from xero import Xero  # type: ignore[import-not-found]  # only in its own environment
from xero.auth import OAuth2Credentials  # type: ignore[import-not-found]  # only in its own environment

client_id, client_secret, tenant, callback, *scopes = sys.argv[1:]


def consent(url: str) -> str:
    """The person at the consent page; the address they are sent back to."""
    form = {"tenant": tenant, "decision": "allow", "user": "jo.doe@example.com"}
    answer = requests.post(url, data=form, allow_redirects=False, timeout=60)
    return answer.headers["location"]


def main() -> dict[str, Any]:
    credentials = OAuth2Credentials(client_id, client_secret, callback_uri=callback, scope=scopes)
    credentials.verify(consent(credentials.generate_url()))
    credentials.refresh()
    credentials.set_default_tenant()
    xero = Xero(credentials)
    invoices = xero.invoices.filter(page=1, pageSize=1000)
    one, other = invoices[0], invoices[1]
    now = dt.datetime.now(dt.UTC)
    return {
        "tenants": [each["tenantId"] for each in credentials.get_tenants()],
        "organisations": xero.organisations.all(),
        "contacts": xero.contacts.all(),
        "accounts": xero.accounts.all(),
        "taxRates": xero.taxrates.all(),
        "items": xero.items.all(),
        "payments": xero.payments.filter(page=1, pageSize=1000),
        "creditNotes": xero.creditnotes.filter(page=1, pageSize=1000),
        "invoices": invoices,
        "pages": [len(xero.invoices.filter(page=page)) for page in (1, 2, 3, 4)],
        "one": xero.invoices.get(one["InvoiceID"]),
        "history": xero.invoices.get_history(one["InvoiceID"]),
        "attachments": xero.invoices.get_attachments(one["InvoiceID"]),
        "raw": xero.invoices.filter(raw='Type=="ACCPAY"', order="Date DESC", page=1),
        "byContact": xero.invoices.filter(Contact_ContactID=one["Contact"]["ContactID"]),
        "byIds": xero.invoices.filter(IDs=[one["InvoiceID"], other["InvoiceID"]]),
        "byName": xero.contacts.filter(Name__contains=one["Contact"]["Name"][:5]),
        "byFlag": xero.contacts.filter(IsSupplier=True),
        "byDate": xero.invoices.filter(Date__gte=(now - dt.timedelta(days=30)).date(), page=1),
        "sinceTomorrow": xero.contacts.filter(since=now.replace(tzinfo=None) + dt.timedelta(days=1)),
        "sinceYesterday": xero.contacts.filter(since=now.replace(tzinfo=None) - dt.timedelta(days=200)),
    }


print(json.dumps(main(), default=str))
