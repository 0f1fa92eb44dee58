"""The control API: seeds, state, actions, ledger, clock. Behaviour 80."""

import subprocess
import sys
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from xero_sim import Control
from xero_sim.app_client import Xero
from xero_sim.control_client import ControlRefused

_MONEY = ("SubTotal", "TotalTax", "Total", "AmountPaid", "AmountCredited", "AmountDue")


async def test_a_seeded_business_is_alive_and_adds_up(xero: Xero) -> None:
    made = await xero.control.seed(xero.tenant, 600)
    state = await xero.control.state(xero.tenant)

    statuses = [row["Status"] for row in state["Invoices"]]
    assert made["invoices"] == len(statuses) == 600
    assert {"DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED"} <= set(statuses)
    bills = [row for row in state["Invoices"] if row["Type"] == "ACCPAY"]
    unpaid = [row for row in bills if row["Status"] == "AUTHORISED" and not row["AmountPaid"]]
    assert 0.5 < len(unpaid) / len(bills) < 0.8
    assert 0 < len(bills) < 600
    assert any(row["AmountPaid"] and row["Status"] == "AUTHORISED" for row in bills)
    for row in state["Invoices"]:
        money = {name: Decimal(str(row[name])) for name in _MONEY}
        assert money["Total"] == money["SubTotal"] + money["TotalTax"]
        due = money["Total"] - money["AmountPaid"] - money["AmountCredited"]
        assert money["AmountDue"] == (0 if row["Status"] in ("VOIDED", "DELETED") else due)
    paid = sum(Decimal(str(row["Amount"])) for row in state["Payments"])
    assert paid == sum(Decimal(str(row["AmountPaid"])) for row in state["Invoices"])


async def test_a_seeded_business_has_more_than_invoices_and_all_of_it_adds_up(xero: Xero) -> None:
    made = await xero.control.seed(xero.tenant, 2_000)
    state = await xero.control.state(xero.tenant)

    for kind in ("Items", "BatchPayments", "CreditNotes"):
        assert len(state[kind]) == made[kind[0].lower() + kind[1:]] > 5
    assert {"SPEND", "RECEIVE", "SPEND-PREPAYMENT", "SPEND-OVERPAYMENT", "SPEND-TRANSFER"} <= {
        row["Type"] for row in state["BankTransactions"]
    }
    invoices = {row["InvoiceID"]: row for row in state["Invoices"]}
    credited: dict[str, Decimal] = {}
    for credit in (*state["CreditNotes"], *state["Prepayments"], *state["Overpayments"]):
        used = Decimal(0)
        for allocation in credit["Allocations"]:
            invoice = invoices[allocation["Invoice"]["InvoiceID"]]
            assert invoice["Contact"]["ContactID"] == credit["Contact"]["ContactID"]
            amount = Decimal(str(allocation["Amount"]))
            credited[invoice["InvoiceID"]] = credited.get(invoice["InvoiceID"], Decimal(0)) + amount
            used += amount
        assert Decimal(str(credit["RemainingCredit"])) == Decimal(str(credit["Total"])) - used
    assert len(credited) > 10
    assert credited == {
        key: Decimal(str(row["AmountCredited"])) for key, row in invoices.items() if row["AmountCredited"]
    }
    payments = {row["PaymentID"]: row for row in state["Payments"]}
    for batch in state["BatchPayments"]:
        members = [payments[each["PaymentID"]] for each in batch["Payments"]]
        assert {each["BatchPaymentID"] for each in members} == {batch["BatchPaymentID"]}
        assert {each["Date"] for each in members} == {batch["Date"]}
        total = sum(Decimal(str(each["Amount"])) for each in members)
        assert Decimal(str(batch["TotalAmount"])) == total
    assert any("ItemCode" in line for row in invoices.values() for line in row["LineItems"])
    assert any(line["Tracking"] for row in invoices.values() for line in row["LineItems"])


@pytest.mark.parametrize(
    ("country", "code", "currency", "tax", "zone"),
    [
        ("NZ", "NZ", "NZD", 15, "NEWZEALANDSTANDARDTIME"),
        ("AU", "AU", "AUD", 10, "AUSEASTERNSTANDARDTIME"),
        ("UK", "GB", "GBP", 20, "GMTSTANDARDTIME"),
        ("US", "US", "USD", 0, "EASTERNSTANDARDTIME"),
        ("ZA", "ZA", "ZAR", 15, "SOUTHAFRICASTANDARDTIME"),
    ],
)
async def test_an_organisation_of_a_country_has_its_own_chart_tax_and_currency(
    xero: Xero, country: str, code: str, currency: str, tax: int, zone: str
) -> None:
    xero.tenant = await xero.control.create_org(f"{country} Ltd", country=country)
    await xero.control.connect(xero.app.client_id, [xero.tenant])

    (organisation,) = await xero.rows("Organisation")
    bill = await xero.bill()
    accounts = {row["Code"]: row for row in await xero.rows("Accounts")}
    rates = {row["TaxType"] for row in await xero.rows("TaxRates")}

    assert (organisation["CountryCode"], organisation["BaseCurrency"], organisation["Timezone"]) == (
        code,
        currency,
        zone,
    )
    assert ("SalesTaxBasis" in organisation, "SalesTaxPeriod" in organisation) == (country != "US",) * 2
    assert (bill["CurrencyCode"], bill["TotalTax"]) == (currency, tax)
    assert {row["TaxType"] for row in accounts.values()} <= rates
    assert accounts["820"]["Name"] == {"US": "Sales Tax", "UK": "VAT", "ZA": "VAT"}.get(country, "GST")
    assert ("BASEXCLUDED" in rates, "NONE" in rates) == (country == "AU", country != "AU")
    made = await xero.put("Accounts", Code="999", Name="More", Type="EXPENSE")
    assert made["TaxType"] in rates
    seeded = await xero.control.seed(xero.tenant, 40)
    assert seeded["invoices"] == 40


async def test_the_same_seed_makes_the_same_business(control: Control) -> None:
    tenants = [await control.create_org() for _ in range(2)]
    shown = []
    for tenant in tenants:
        await control.seed(tenant, 50, seed=3)
        rows = (await control.state(tenant, "Invoices"))["Invoices"]
        shown.append([(row["InvoiceNumber"], row["Contact"]["Name"], row["Total"], row["Status"]) for row in rows])
    assert shown[0] == shown[1]


async def test_a_hundred_bills_change_in_one_call_and_a_refusal_stops_nothing(xero: Xero) -> None:
    await xero.control.seed(xero.tenant, 300)
    rows = (await xero.control.state(xero.tenant, "Invoices"))["Invoices"]
    open_bills = [row for row in rows if row["Status"] == "AUTHORISED" and not row["AmountPaid"]][:100]
    edits = [{"do": "edit_invoice", "InvoiceID": row["InvoiceID"], "DueDate": "2027-01-31"} for row in open_bills]

    results = await xero.control.actions(xero.tenant, [{"do": "void_invoice", "InvoiceID": "x"}, *edits])

    assert [each["ok"] for each in results] == [False, *[True] * 100]
    after = await xero.rows("Invoices?pageSize=1000&page=1")
    assert sum(row.get("DueDateString") == "2027-01-31T00:00:00" for row in after) == 100


async def test_a_person_makes_approves_pays_unpays_and_voids_a_bill(xero: Xero) -> None:
    act, line = xero.control.act, {"Description": "x", "UnitAmount": "10", "AccountCode": "453"}
    bill = await act(
        xero.tenant, "create_bill", Contact={"Name": "A"}, DueDate="2026-12-01", LineItems=[line], InvoiceNumber="H-1"
    )
    seen = []
    for do in ("submit_invoice", "approve_invoice"):
        await act(xero.tenant, do, InvoiceID=bill)
        seen.append((await xero.invoice(bill))["Status"])
    payment = await act(xero.tenant, "pay_invoice", InvoiceID=bill)
    seen.append((await xero.invoice(bill))["Status"])
    with pytest.raises(ControlRefused, match="payments or credit notes"):
        await act(xero.tenant, "void_invoice", InvoiceID=bill)
    await act(xero.tenant, "remove_payment", PaymentID=payment)
    await act(xero.tenant, "void_invoice", InvoiceID=bill)
    seen.append((await xero.invoice(bill))["Status"])

    assert seen == ["SUBMITTED", "AUTHORISED", "PAID", "VOIDED"]


async def test_a_person_changes_settings_by_any_request_of_the_api(xero: Xero) -> None:
    (account,) = await xero.rows('Accounts?where=Code=="850"')
    await xero.control.act(
        xero.tenant,
        "request",
        method="POST",
        path=f"Accounts/{account['AccountID']}",
        body={"EnablePaymentsToAccount": False},
    )

    (after,) = await xero.rows('Accounts?where=Code=="850"')
    assert (account["EnablePaymentsToAccount"], after["EnablePaymentsToAccount"]) == (True, False)


@pytest.mark.conformance(80)
async def test_egress_counts_what_was_read_but_not_organisation(xero: Xero) -> None:
    await xero.call("GET", "Organisation")
    assert await xero.control.egress() == {}

    answer = await xero.call("GET", "Accounts", **{"Accept-Encoding": "identity"})
    packed = await xero.call("GET", "Accounts", **{"Accept-Encoding": "gzip"})

    counted = (await xero.control.egress())[xero.app.client_id]
    assert counted["calls"] == 2
    assert counted["plainBytes"] == 2 * len(answer.content)
    assert counted["sentBytes"] == len(answer.content) + int(packed.headers["content-length"])


async def test_the_ledger_tells_every_call_and_filters_by_tenant(xero: Xero) -> None:
    other = await xero.control.create_org("Other")
    await xero.control.connect(xero.app.client_id, [other])
    await xero.call("PUT", "Contacts", {"Name": "A"}, **{"Idempotency-Key": "k"})
    await xero.call("GET", "Contacts?page=1", **{"Xero-Tenant-Id": other})

    (call,) = await xero.control.calls(tenant=xero.tenant)
    assert (call["method"], call["path"], call["status"]) == ("PUT", "/api.xro/2.0/Contacts", 200)
    assert (call["app"], call["idempotencyKey"], call["replayed"]) == (xero.app.client_id, "k", False)
    assert call["requestBytes"] > 0
    assert call["responseBytes"] > 0
    assert [each["path"] for each in await xero.control.calls(tenant=other)] == ["/api.xro/2.0/Contacts?page=1"]
    assert await xero.control.count_calls(method="GET") == 1


async def test_the_clock_stands_runs_and_moves(control: Control) -> None:
    frozen = await control.freeze()
    assert await control.now() == frozen
    assert await control.advance(timedelta(hours=1)) == frozen + timedelta(hours=1)
    await control.run_clock()
    assert await control.now() > frozen + timedelta(hours=1)


async def test_what_control_does_not_know_is_refused_with_the_reason(control: Control) -> None:
    with pytest.raises(ControlRefused, match="No chart for country"):
        await control.create_org(country="XX")
    with pytest.raises(ControlRefused, match="must be https"):
        await control.register_app(redirect_uris=["http://127.0.0.1/cb"])
    with pytest.raises(ControlRefused, match="No fault"):
        await control.add_fault("meteor")


def test_it_starts_alone_and_says_where_it_listens() -> None:
    with subprocess.Popen([sys.executable, "-m", "xero_sim", "--port", "0"], stdout=subprocess.PIPE, text=True) as sim:
        assert sim.stdout is not None
        line = sim.stdout.readline()
        url = line.split()[-1]
        try:
            assert httpx.get(f"{url}/control/orgs", trust_env=False).json() == []
        finally:
            sim.terminate()
