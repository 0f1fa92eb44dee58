"""xero-node, Xero's own client for Node, from consent to a void.

Its hosts are written into it. A preloaded script (hosts.js) leads all https connections of the process here,
like a line in /etc/hosts, and NODE_EXTRA_CA_CERTS makes Node trust the certificate there.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import CALLBACK, SCOPES, Shop
from .front import Front
from .installing import HERE, node_with

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


async def test_it_signs_in_reads_everything_and_writes(shop: Shop, front: Front, run: Callable[..., str]) -> None:
    node, folder = node_with("xero_node")
    app = shop.app
    command = [node, "--require", HERE / "xero_node" / "hosts.js", HERE / "xero_node" / "drive.js"]
    known = {
        "contacts": await shop.ids("Contacts", "ContactID"), "invoices": await shop.ids("Invoices", "InvoiceID"),
        "payments": await shop.ids("Payments", "PaymentID"), "accounts": await shop.ids("Accounts", "AccountID"),
        "creditNotes": await shop.ids("CreditNotes", "CreditNoteID"), "items": await shop.ids("Items", "ItemID"),
        "taxRates": await shop.ids("TaxRates", "TaxType"),
    }  # fmt: skip

    printed = run(
        *command, app.client_id, app.client_secret or "", shop.tenant, CALLBACK, *SCOPES.split(),
        HTTPS_PROXY="", NODE_EXTRA_CA_CERTS=str(front.certificate), XERO_SIM_TLS_PORT=str(front.port),
        XERO_NODE=str(folder),
    )  # fmt: skip
    seen: dict[str, Any] = json.loads(printed)

    assert (seen["claims"]["email"], seen["claims"]["iss"]) == ("jo.doe@example.com", "https://identity.xero.com")
    assert seen["refreshed"] == 3
    assert seen["tenants"] == [[shop.tenant, "Kauri Ltd"]]
    names = {name: f"{name[:-1]}ID" for name in known} | {"taxRates": "taxType"}
    assert {name: sorted(row[names[name]] for row in seen[name]) for name in known} == known
    assert [each["organisationID"] for each in seen["organisations"]] == [shop.tenant]
    assert (len(seen["byIds"]), len(seen["byNumbers"]), seen["sinceTomorrow"]) == (2, 2, [])
    assert {each["type"] for each in seen["byFilter"]} == {"ACCPAY"}

    assert [seen[each]["status"] for each in ("made", "updated", "voided")] == ["DRAFT", "AUTHORISED", "VOIDED"]
    assert (seen["updated"]["invoiceNumber"], seen["updated"]["total"]) == ("N-1", 115)
    assert seen["payment"]["amount"] == 15
    assert {"Created", "Approved", "Paid", "Attached a file", "Note", "Voided"} <= set(seen["history"])
    assert "already assigned to another contact" in seen["refused"]
    (bill,) = [
        row
        for row in (await shop.control.state(shop.tenant, "Invoices"))["Invoices"]
        if row["InvoiceID"] == seen["made"]["invoiceID"]
    ]
    assert (bill["Status"], bill["HasAttachments"]) == ("VOIDED", True)
