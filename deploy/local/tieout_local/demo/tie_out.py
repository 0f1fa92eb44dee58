"""Both sides compared, record by record (SYS-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout_local.demo.platform import Json
from tieout_local.demo.steps import Run, comes_in

UNPAID = ("DRAFT", "SUBMITTED", "AUTHORISED")
"""The statuses that the import of unpaid bills reads."""


@dataclass(frozen=True)
class Row:
    """One kind of record on both sides; `differences` name each record that is not the same."""

    kind: str
    xero_count: int
    xero_sum: Decimal | None
    platform_count: int
    platform_sum: Decimal | None
    differences: list[str]

    @property
    def tied_out(self) -> bool:
        """Whether both sides have the same records and sums."""
        return not self.differences and (self.xero_count, self.xero_sum) == (self.platform_count, self.platform_sum)


async def tie_out(demo: Run) -> list[Row]:
    """Every vendor, bill and payment of the tenant against Xero's."""
    xero = await demo.xero.state(demo.org_id, "Contacts", "Invoices", "Payments")
    bills = await demo.platform.all("bills", "/bills")
    vendors = await demo.platform.all("contacts", "/vendors")
    payments = await demo.platform.all("payments", "/payments")
    problems = await demo.platform.all("connector", "/problems")
    invoices = {i["InvoiceID"]: i for i in xero["Invoices"] if i["Type"] == "ACCPAY"}
    contacts = {c["ContactID"]: c for c in xero["Contacts"]}
    vendor_of = {vendor["id"]: vendor["sync"]["xero_id"] for vendor in vendors}
    here = {bill["sync"]["xero_id"] for bill in bills}
    read = {x: i for x, i in invoices.items() if x in here or i["Status"] in UNPAID}
    return [
        _vendors(vendors, contacts, {invoice["Contact"]["ContactID"] for invoice in read.values()}),
        _bills(bills, invoices, vendor_of),
        _payments(payments, {p["PaymentID"]: p for p in xero["Payments"]}),
        _skipped(problems, {x: i for x, i in read.items() if x not in here}),
    ]


def _vendors(vendors: list[Json], contacts: dict[str, Json], classified: set[str]) -> Row:
    """CONT-4: the contacts that a bill made vendors, each once, under its name."""
    linked = {vendor["sync"]["xero_id"]: vendor for vendor in vendors}
    wrong = [
        f"{v['name']}: Xero has {contacts[x]['Name']}" for x, v in linked.items() if v["name"] != contacts[x]["Name"]
    ]
    wrong += [f"{contacts[x]['Name']} is only in Xero" for x in classified - linked.keys()]
    wrong += [f"{linked[x]['name']} is only here" for x in linked.keys() - classified]
    return Row("vendors", len(classified), None, len(vendors), None, wrong)


def _bills(bills: list[Json], invoices: dict[str, Json], vendor_of: dict[str, str]) -> Row:
    here = {bill["sync"]["xero_id"]: bill for bill in bills}
    there = {x: i for x, i in invoices.items() if comes_in(i) or x in here}
    wrong = [f"{there[x]['InvoiceNumber']} is only in Xero" for x in there.keys() - here.keys()]
    wrong += [f"{here[x]['number']} is only here" for x in here.keys() - there.keys()]
    for xero_id in here.keys() & there.keys():
        ours, theirs = _ours(here[xero_id], vendor_of), _theirs(there[xero_id])
        wrong += [
            f"{here[xero_id]['number']}: {n} {ours[n]} here, {theirs[n]} in Xero" for n in ours if ours[n] != theirs[n]
        ]
    due_here = sum((Decimal(bill["amount_due"]["amount"]) for bill in bills), Decimal(0))
    return Row("bills, due", len(there), _sum(there.values(), "AmountDue"), len(bills), due_here, wrong)


def _ours(bill: Json, vendor_of: dict[str, str]) -> Json:
    return {
        "number": bill["number"],
        "contact": vendor_of.get(bill["vendor_id"]),
        "total": Decimal(bill["total"]["amount"]),
        "due": Decimal(bill["amount_due"]["amount"]),
        "status": bill["xero_status"],
        "due date": bill["due_date"],
        "lines": [(line["description"], Decimal(line["unit_amount"])) for line in bill["lines"]],
    }


def _theirs(invoice: Json) -> Json:
    return {
        "number": invoice["InvoiceNumber"],
        "contact": invoice["Contact"]["ContactID"],
        "total": _cents(invoice["Total"]),
        "due": _cents(invoice["AmountDue"]),
        "status": invoice["Status"],
        "due date": invoice["DueDateString"][:10],
        "lines": [(line.get("Description", ""), Decimal(str(line["UnitAmount"]))) for line in invoice["LineItems"]],
    }


def _payments(payments: list[Json], there: dict[str, Json]) -> Row:
    ours = [p for p in there.values() if p["PaymentID"] in {q["sync"]["xero_id"] for q in payments}]
    here = sum((Decimal(p["amount"]["amount"]) for p in payments), Decimal(0))
    return Row("payments made here", len(ours), _sum(ours, "Amount"), len(payments), here, [])


def _skipped(problems: list[Json], stay: dict[str, Json]) -> Row:
    """Each bill that stays in Xero has a problem that says why."""
    explained = {p["record"]["id"] for p in problems if p["record"]["kind"] == "xero_invoice"}
    wrong = [f"{stay[x]['InvoiceNumber']} stays in Xero without a reason" for x in stay.keys() - explained]
    wrong += [f"{x} has a reason to stay, and should not" for x in explained - stay.keys()]
    return Row("bills that stay in Xero, with reason", len(stay), None, len(explained), None, wrong)


def _sum(records: Iterable[Any], field: str) -> Decimal:
    return sum((_cents(record[field]) for record in records), Decimal(0))


def _cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
