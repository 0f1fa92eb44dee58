"""An organisation that holds one of everything that the examples speak of."""

from typing import Any

from xero_sim.app_client import Json, Xero
from xero_sim.openapi import Operation

DAY = "2026-03-02"
SALES_ONLY = ("/Email", "/OnlineInvoice")
PERSON = {
    "FirstName": "Liam", "LastName": "Gallagher", "EmailAddress": "liam@rockstar.example.com", "IncludeInEmails": True,
}  # fmt: skip
RICH_CONTACT = {
    "Name": "Liam Gallagher", "ContactNumber": "SB2", "AccountNumber": "G1", "FirstName": "Liam",
    "LastName": "Gallagher", "EmailAddress": "liam@rockstar.example.com", "CompanyNumber": "7", "TaxNumber": "4154",
    "TaxNumberType": "EIN", "BankAccountDetails": "06-0101-0000000-00", "AccountsReceivableTaxType": "OUTPUT",
    "AccountsPayableTaxType": "INPUT", "DefaultCurrency": "USD", "XeroNetworkKey": "K",
    "SalesDefaultAccountCode": "200", "PurchasesDefaultAccountCode": "400",
    "SalesDefaultLineAmountType": "INCLUSIVE", "PurchasesDefaultLineAmountType": "INCLUSIVE",
    "PaymentTerms": {"Bills": {"Day": 15, "Type": "OFCURRENTMONTH"}, "Sales": {"Day": 9, "Type": "DAYSAFTERBILLDATE"}},
    "BatchPayments": {"BankAccountNumber": "1", "BankAccountName": "B", "Details": "D", "Code": "C", "Reference": "R"},
    "ContactPersons": [PERSON],
    "Addresses": [
        {"AddressType": kind, "AddressLine1": "1 Broadway", "AddressLine2": "2", "AddressLine3": "3",
         "AddressLine4": "4",
         "City": "Anytown", "Region": "NY", "PostalCode": "10101", "Country": "USA", "AttentionTo": "Liam"}
        for kind in ("POBOX", "STREET")
    ],
}  # fmt: skip


class Shop:
    """`ids` are those of its records by the names that Xero has for them, in the order they may be used up."""

    def __init__(self, xero: Xero) -> None:
        self.xero = xero
        self.ids: dict[str, list[str]] = {"FileName": ["a.txt"]}
        self.sale: Json = {}
        self.used_category = ""
        self.tracking: list[Json] = []
        self.other_bill: Json = {}
        self.bank: list[str] = []
        self.allocated: dict[str, dict[str, str]] = {}
        """The ids of an allocation's path, by `CreditNote` and so on."""

    @classmethod
    async def open(cls, xero: Xero, resource: str) -> "Shop":
        """American, as Xero's examples mostly are; the records of one resource have notes and files."""
        xero.tenant = await xero.control.create_org("Example Inc", country="US", currencies=["NZD", "AUD"])
        await xero.control.connect(xero.app.client_id, [xero.tenant])
        shop = cls(xero)
        await shop._settings()
        await shop._people()
        await shop._documents()
        await shop._money()
        # Makes room for another active category; one that documents use cannot be deleted.
        await xero.post(f"TrackingCategories/{shop.used_category}", Status="ARCHIVED")
        await shop._hang_on(resource)
        return shop

    def paths(self, operation: Operation) -> list[str]:
        """The template with each record of its kind, of which one has what another lacks."""
        template = operation.template.strip("/")
        names = [part[1:-1] for part in template.split("/") if part.startswith("{")]
        ids = {name: known[0] for name, known in self.ids.items()}
        if "AllocationID" in names:
            return [template.format_map(self.allocated[template.split("s/", maxsplit=1)[0]])]
        if template.endswith(SALES_ONLY):
            return [template.format_map({**ids, "InvoiceID": self.sale["InvoiceID"]})]
        if not names or "AttachmentID" in names:
            return [template.format_map(ids)]
        return [template.format_map({**ids, names[0]: each}) for each in self.ids[names[0]]]

    async def _hang_on(self, resource: str) -> None:
        """A file and a note on every record of a resource that takes them."""
        for key in self.ids.get(f"{resource.rstrip('s')}ID", ()):
            await self.xero.call("PUT", f"{resource}/{key}/History", {"HistoryRecords": [{"Details": "Note"}]})
            made = await self.xero.call("PUT", f"{resource}/{key}/Attachments/a.txt", "text")
            if made.status_code == 200:
                self.ids.setdefault("AttachmentID", [made.json()["Attachments"][0]["AttachmentID"]])

    async def _settings(self) -> None:
        xero = self.xero
        self.bank = [row["AccountID"] for row in await xero.rows('Accounts?where=Type=="BANK"')]
        made = await xero.put("Accounts", Code="RES", Name="Research", Type="EXPENSE", TaxType="INPUT", Description="R")
        self.ids["AccountID"] = [made["AccountID"]]
        location, department = await xero.rows("TrackingCategories")
        await xero.call("DELETE", f"TrackingCategories/{department['TrackingCategoryID']}")
        self.used_category = location["TrackingCategoryID"]
        self.tracking = [{"Name": "Location", "Option": location["Options"][1]["Name"]}]
        project = await xero.put("TrackingCategories", Name="Project")
        key = project["TrackingCategoryID"]
        options = await xero.call(
            "PUT", f"TrackingCategories/{key}/Options", {"Options": [{"Name": "A"}, {"Name": "B"}]}
        )
        self.ids["TrackingCategoryID"] = [key]
        self.ids["TrackingOptionID"] = [option["TrackingOptionID"] for option in options.json()["Options"]]
        rate = {
            "Name": "State Tax NY",
            "ReportTaxType": "INPUT",
            "TaxComponents": [{"Name": "State Tax", "Rate": 2.25}],
        }
        self.ids["TaxType"] = [(await xero.put("TaxRates", **rate))["TaxType"]]
        details = {"UnitPrice": 10, "AccountCode": "400", "TaxType": "NONE"}
        goods = {"UnitPrice": 10, "COGSAccountCode": "310", "TaxType": "NONE"}
        plain = await xero.put(
            "Items", Code="PLAIN", Name="Plain", Description="P", PurchaseDescription="P", PurchaseDetails=details,
            SalesDetails={**details, "AccountCode": "200"},
        )  # fmt: skip
        await xero.put(
            "Items", Code="STOCK", Name="Stock", InventoryAssetAccountCode="630", PurchaseDetails=goods,
            SalesDetails={**details, "AccountCode": "200"},
        )  # fmt: skip
        self.ids["ItemID"] = [plain["ItemID"]]

    async def _people(self) -> None:
        xero = self.xero
        rich = await xero.put("Contacts", **RICH_CONTACT)
        other = await xero.put("Contacts", Name="Noel Gallagher")
        self.ids["ContactID"] = [rich["ContactID"], other["ContactID"]]
        self.ids["ContactNumber"] = ["SB2"]
        group = await xero.put("ContactGroups", Name="Oasis")
        self.ids["ContactGroupID"] = [group["ContactGroupID"]]
        members = {"Contacts": [{"ContactID": rich["ContactID"]}]}
        await xero.call("PUT", f"ContactGroups/{group['ContactGroupID']}/Contacts", members)

    def _document(self, kind: str, amount: int = 2000, **more: object) -> Json:
        code = "200" if kind.startswith(("ACCREC", "RECEIVE")) else "400"
        line = {"Description": "Guitars", "Quantity": 1, "UnitAmount": amount, "AccountCode": code, "TaxType": "NONE"}
        contact = {"ContactID": self.ids["ContactID"][0]}
        lines = [{**line, "Tracking": self.tracking}]
        return {"Type": kind, "Contact": contact, "Date": DAY, "Status": "AUTHORISED", "LineItems": lines, **more}

    async def _documents(self) -> None:
        xero, ids = self.xero, self.ids
        bill = self._document("ACCPAY", DueDate=DAY, PlannedPaymentDate=DAY, Url="https://example.com/1")
        ids["InvoiceID"] = [(await xero.put("Invoices", **bill))["InvoiceID"] for _ in range(2)]
        sale = self._document("ACCREC", DueDate=DAY, Reference="Tour", ExpectedPaymentDate=DAY)
        sale["LineItems"].append({"ItemCode": "PLAIN", "Quantity": 1})
        self.sale = await xero.put("Invoices", **sale)
        ids["InvoiceID"].append(self.sale["InvoiceID"])
        kinds = ("ACCPAYCREDIT", "ACCPAYCREDIT", "ACCRECCREDIT")
        credits = [await xero.put("CreditNotes", **self._document(kind, 100)) for kind in kinds]
        ids["CreditNoteID"] = [each["CreditNoteID"] for each in credits]
        bank = {"BankAccount": {"AccountID": self.bank[0]}}
        for kind, name in (("SPEND-PREPAYMENT", "PrepaymentID"), ("SPEND-OVERPAYMENT", "OverpaymentID")):
            made = [await xero.put("BankTransactions", **self._document(kind, 100, **bank)) for _ in range(2)]
            ids[name] = [each[name] for each in made]
        spent = [
            await xero.put("BankTransactions", **self._document("SPEND", 100, Url="https://example.com/2", **bank))
        ]
        ids["BankTransactionID"] = [each["BankTransactionID"] for each in spent]

    async def _money(self) -> None:
        xero, ids = self.xero, self.ids
        self.other_bill = await xero.put("Invoices", **self._document("ACCPAY", DueDate=DAY))
        invoice = {"InvoiceID": self.other_bill["InvoiceID"]}
        for resource in ("CreditNote", "Prepayment", "Overpayment"):
            key = ids[f"{resource}ID"][1]
            sent = {"Allocations": [{"Invoice": invoice, "Amount": 1, "Date": DAY}]}
            (await xero.call("PUT", f"{resource}s/{key}/Allocations", sent)).raise_for_status()
            await self._pay({resource: {f"{resource}ID": key}}, 2)
            (read,) = await xero.rows(f"{resource}s/{key}")
            self.allocated[resource] = {f"{resource}ID": key, "AllocationID": read["Allocations"][0]["AllocationID"]}
        sold = await xero.put("Invoices", **self._document("ACCREC", 50, DueDate=DAY))
        paid = [(invoice, 5), ({"InvoiceID": sold["InvoiceID"]}, 50)]
        ids["PaymentID"] = [(await self._pay({"Invoice": each}, amount))["PaymentID"] for each, amount in paid]
        member = {"Invoice": invoice, "Amount": 3, "Reference": "R", "Particulars": "P", "Code": "C", "Details": "D"}
        batch = {"Account": {"AccountID": self.bank[0]}, "Date": DAY, "Reference": "R", "Payments": [member]}
        ids["BatchPaymentID"] = [(await xero.put("BatchPayments", **batch))["BatchPaymentID"]]
        halves: Json = {"FromBankAccount": {"AccountID": self.bank[0]}, "ToBankAccount": {"AccountID": self.bank[1]}}
        option = {"TrackingCategoryID": ids["TrackingCategoryID"][0], "TrackingOptionID": ids["TrackingOptionID"][0]}
        halves |= {"FromTracking": [option], "ToTracking": [option]}
        moved = [await xero.put("BankTransfers", **halves, Amount=20, Date=DAY, Reference="R") for _ in range(2)]
        ids["BankTransferID"] = [each["BankTransferID"] for each in moved]

    async def _pay(self, document: Json, amount: int) -> Any:
        account = {"AccountID": self.bank[0]}
        return await self.xero.put("Payments", **document, Account=account, Amount=amount, Date=DAY, Reference="R")
