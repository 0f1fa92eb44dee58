"""A small client of the simulated Accounting API, for tests."""

from typing import Any

import httpx

from xero_sim.control_client import Control, RegisteredApp

Json = dict[str, Any]


class Xero:
    """One app's calls to one organisation, over HTTP."""

    def __init__(self, http: httpx.AsyncClient, control: Control, tenant: str, app: RegisteredApp, token: Json) -> None:
        self.http, self.control, self.tenant, self.app, self.token = http, control, tenant, app, token

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token['access_token']}",
            "Xero-Tenant-Id": self.tenant,
            "Accept": "application/json",
            **more,
        }

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        return await self.http.request(method, f"/api.xro/2.0/{path}", json=body, headers=self.headers(**headers))

    async def rows(self, path: str, **headers: str) -> list[Json]:
        answer = await self.call("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        name = path.split("?", maxsplit=1)[0].split("/", maxsplit=1)[0]
        return list(answer.json()["Organisations" if name == "Organisation" else name])

    async def put(self, resource: str, **element: object) -> Json:
        """Create a record with PUT, which must succeed. Returns its element of the reply."""
        answer = await self.call("PUT", resource, element)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()[resource][0])

    async def post(self, path: str, **element: object) -> Json:
        """Create or change a record with POST, which must succeed. Returns its element of the reply."""
        answer = await self.call("POST", path, element)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()[path.split("/", maxsplit=1)[0]][0])

    async def refused(self, method: str, path: str, **element: object) -> list[str]:
        """Send a write that must be refused with a ValidationException. Returns the messages."""
        answer = await self.call(method, path, element)
        assert answer.status_code == 400, answer.text
        assert answer.json()["ErrorNumber"] == 10
        return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]

    async def bill(self, **changes: object) -> Json:
        """Create an approved bill of 100.00 + 15.00 GST."""
        line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
        usual = {"Type": "ACCPAY", "Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14"}
        return await self.put("Invoices", **{**usual, "Contact": {"Name": "Paper Ltd"}, "LineItems": [line], **changes})

    async def credit_note(self, **changes: object) -> Json:
        """Create an approved vendor credit note of 40.00 + 6.00 GST."""
        line = {"Description": "Returned paper", "Quantity": 1, "UnitAmount": "40.00", "AccountCode": "453"}
        usual = {"Type": "ACCPAYCREDIT", "Status": "AUTHORISED", "Date": "2026-09-15"}
        named = {"Contact": {"Name": "Paper Ltd"}, "LineItems": [line]}
        return await self.put("CreditNotes", **{**usual, **named, **changes})

    async def spend(self, **changes: object) -> Json:
        """Create a bank transaction on account 090 of 20.00 + 3.00 GST: money spent, unless `Type` is given."""
        line = {"Description": "Stamps", "Quantity": 1, "UnitAmount": "20.00", "AccountCode": "425"}
        usual = {"Type": "SPEND", "BankAccount": {"Code": "090"}, "Date": "2026-09-15"}
        named = {"Contact": {"Name": "Paper Ltd"}, "LineItems": [line]}
        return await self.put("BankTransactions", **{**usual, **named, **changes})

    async def allocate(self, path: str, invoice: Json, amount: object) -> Json:
        """Allocate a credit, named as `CreditNotes/{id}`, to an invoice. Returns the allocation in the reply."""
        sent = {"Amount": amount, "Date": "2026-09-20", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        answer = await self.call("PUT", f"{path}/Allocations", {"Allocations": [sent]})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["Allocations"][0])

    async def pay(self, invoice: Json, amount: object, code: str = "090") -> Json:
        named = {"InvoiceID": invoice["InvoiceID"]}
        return await self.put("Payments", Invoice=named, Account={"Code": code}, Amount=amount, Date="2026-09-20")

    async def invoice(self, key: str) -> Json:
        (found,) = await self.rows(f"Invoices/{key}")
        return found
