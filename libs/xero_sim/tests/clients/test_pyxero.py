"""pyxero, a client of the Python community: it signs in and reads. Its writes are XML, which the simulator has not.

Its hosts are written into it. It comes through the proxy that HTTPS_PROXY names, and REQUESTS_CA_BUNDLE makes it trust
the certificate there.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import CALLBACK, SCOPES, Shop
from .installing import HERE, python_with

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


async def test_it_signs_in_and_reads_by_every_filter(shop: Shop, run: Callable[..., str]) -> None:
    python, app = python_with("pyxero.txt") / "python", shop.app

    printed = run(
        python, HERE / "drive_pyxero.py", app.client_id, app.client_secret or "", shop.tenant, CALLBACK, *SCOPES.split()
    )
    seen: dict[str, Any] = json.loads(printed)

    assert seen["tenants"] == [each["OrganisationID"] for each in seen["organisations"]] == [shop.tenant]
    for name, kind, key in (
        ("contacts", "Contacts", "ContactID"), ("accounts", "Accounts", "AccountID"),
        ("taxRates", "TaxRates", "TaxType"), ("items", "Items", "ItemID"), ("payments", "Payments", "PaymentID"),
        ("creditNotes", "CreditNotes", "CreditNoteID"), ("invoices", "Invoices", "InvoiceID"),
    ):  # fmt: skip
        assert sorted(row[key] for row in seen[name]) == await shop.ids(kind, key), name

    first, second = seen["invoices"][:2]
    assert seen["pages"] == [100, 100, 50, 0]
    assert [seen["one"][0]["InvoiceID"], seen["attachments"]["Attachments"]] == [first["InvoiceID"], []]
    assert [row["InvoiceID"] for row in seen["byIds"]] == [first["InvoiceID"], second["InvoiceID"]]
    assert {row["Type"] for row in seen["raw"]} == {"ACCPAY"}
    dates = [row["Date"] for row in seen["raw"]]
    assert dates == sorted(dates, reverse=True)
    assert {row["Contact"]["ContactID"] for row in seen["byContact"]} == {first["Contact"]["ContactID"]}
    assert first["Contact"]["Name"] in {row["Name"] for row in seen["byName"]}
    assert {row["IsSupplier"] for row in seen["byFlag"]} == {True}
    assert 0 < len(seen["byDate"]) < len(seen["invoices"])
    assert seen["sinceTomorrow"] == []
    assert len(seen["sinceYesterday"]) == len(seen["contacts"])
