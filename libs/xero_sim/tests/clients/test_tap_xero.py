"""tap-xero, the Singer tap that copies an organisation: it discovers, copies everything, and then only what changed.

Its hosts are written into it. It comes through the proxy that HTTPS_PROXY names. It trusts the certificates of certifi,
so a certifi of ours names the one there, as that of a Linux distribution names the machine's.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from .conftest import SCOPES, Shop
from .installing import python_with

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

STREAMS = {
    "accounts": ("Accounts", "AccountID"), "bank_transactions": ("BankTransactions", "BankTransactionID"),
    "bank_transfers": ("BankTransfers", "BankTransferID"), "contact_groups": ("ContactGroups", "ContactGroupID"),
    "contacts": ("Contacts", "ContactID"), "credit_notes": ("CreditNotes", "CreditNoteID"),
    "invoices": ("Invoices", "InvoiceID"), "items": ("Items", "ItemID"),
    "organisations": ("Organisations", "OrganisationID"), "overpayments": ("Overpayments", "OverpaymentID"),
    "payments": ("Payments", "PaymentID"), "prepayments": ("Prepayments", "PrepaymentID"),
    "tax_rates": ("TaxRates", "TaxType"), "tracking_categories": ("TrackingCategories", "TrackingCategoryID"),
}  # fmt: skip
"""By stream: the simulator's kind, and the name of its id."""
ONE_EACH = {"branding_themes", "currencies", "users"}
NONE = {"journals", "linked_transactions", "manual_journals", "purchase_orders", "quotes", "repeating_invoices"}


CERTIFI = 'import os\n\n\ndef where():\n    return os.environ["REQUESTS_CA_BUNDLE"]\n'


class Tap:
    """The installed tap with its files."""

    def __init__(self, run: Callable[..., str], folder: Path) -> None:
        self.run, self.folder = run, folder
        self.program = python_with("tap_xero.txt") / "tap-xero"
        self.trust = folder / "trust"
        self.trust.mkdir()
        (self.trust / "certifi.py").write_text(CERTIFI)

    def configure(self, **config: object) -> None:
        self.write("config", {"start_date": "2020-01-01T00:00:00Z", "include_archived_contacts": "true", **config})

    def discover(self) -> set[str]:
        """The streams, all of them chosen for the next sync."""
        catalog = json.loads(self.call("--discover"))
        for stream in catalog["streams"]:
            (whole,) = [each for each in stream["metadata"] if each["breadcrumb"] == []]
            whole["metadata"]["selected"] = True
        self.write("catalog", catalog)
        return {stream["tap_stream_id"] for stream in catalog["streams"]}

    def sync(self) -> dict[str, list[dict[str, Any]]]:
        """The records by stream. The state is kept for the next sync."""
        state = ["--state", "state.json"] if (self.folder / "state.json").exists() else []
        printed = self.call("--catalog", "catalog.json", *state)
        messages = [json.loads(line) for line in printed.splitlines()]
        records: dict[str, list[dict[str, Any]]] = {each["stream"]: [] for each in messages if each["type"] == "SCHEMA"}
        for each in messages:
            if each["type"] == "RECORD":
                records[each["stream"]].append(each["record"])
        self.write("state", [each["value"] for each in messages if each["type"] == "STATE"][-1])
        return records

    def call(self, *arguments: str) -> str:
        return self.run(self.program, "--config", "config.json", *arguments, PYTHONPATH=str(self.trust))

    def write(self, name: str, content: object) -> None:
        (self.folder / f"{name}.json").write_text(json.dumps(content))


async def test_it_copies_every_record_once_and_later_only_what_changed(
    shop: Shop, run: Callable[..., str], tmp_path: Path
) -> None:
    await shop.control.act(shop.tenant, "archive_contact", ContactID=(await shop.ids("Contacts", "ContactID"))[0])
    tap, tokens = Tap(run, tmp_path), await shop.control.connect(shop.app.client_id, [shop.tenant], scopes=SCOPES)
    tap.configure(
        client_id=shop.app.client_id, client_secret=shop.app.client_secret, tenant_id=shop.tenant,
        refresh_token=tokens["refresh_token"],
    )  # fmt: skip

    streams = tap.discover()
    copied = tap.sync()

    assert streams == set(copied) == {*STREAMS, *ONE_EACH, *NONE}
    for stream, (kind, name) in STREAMS.items():
        assert sorted(row[name] for row in copied[stream]) == await shop.ids(kind, name), stream
    assert [len(copied[stream]) for stream in sorted(ONE_EACH)] == [1, 1, 1]
    assert [copied[stream] for stream in NONE] == [[]] * len(NONE)
    assert all(row["LineItems"] for row in copied["invoices"])

    await shop.control.advance(timedelta(minutes=1))
    made = await shop.control.act(shop.tenant, "create_contact", Name="Made later")
    changed = tap.sync()

    assert made in {row["ContactID"] for row in changed["contacts"]}
    for stream in ("contacts", "invoices", "payments"):
        assert 1 <= len(changed[stream]) < len(copied[stream]), stream
