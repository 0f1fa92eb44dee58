"""All of Tieout as processes, and tenants that are connected, each with one bill of a new organisation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx

from bench.freshness.watching import Watch
from bench.servers import Servers
from tieout_local.demo.platform import until
from tieout_local.environment import CONNECTOR, XERO_CLIENT_ID, XERO_CLIENT_SECRET
from tieout_local.stack import PARTITIONS, Stack
from tieout_schemas.platform import Bill
from xero_sim.control_client import Control

_AT_ONCE = 8
"""Tenants that connect at the same time."""
_IMPORTED_WITHIN = 300.0
_KEPT = httpx.Limits(keepalive_expiry=2)
"""Less than the services keep a connection, so that none is used while it is being closed."""


@dataclass
class Tenant:
    """A connected tenant."""

    tenant_id: UUID
    org_id: str
    bill: Bill
    """As it was imported."""
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One change at a time: a second one would be a conflict."""

    @property
    def invoice_id(self) -> str:
        """The bill's id in Xero."""
        return str(self.bill.sync.xero_id)


class Fleet:
    """The tenants, and the clients to change their bills on both sides."""

    def __init__(self, stack: Stack, xero: Control, http: httpx.AsyncClient, watch: Watch) -> None:
        self.xero, self.watch = xero, watch
        self.tenants: list[Tenant] = []
        self._stack, self._http = stack, http

    async def grow(self, size: int) -> None:
        """Connect more tenants, until there are so many and their first import has ended."""
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one() -> Tenant:
            async with slots:
                return await self._connected()

        async with asyncio.TaskGroup() as group:
            new = [group.create_task(one()) for _ in range(size - len(self.tenants))]
        self.tenants += [task.result() for task in new]

    async def put_number(self, tenant: Tenant, number: str) -> None:
        """Change the bill's number on the platform."""
        path = f"/bills/{tenant.bill.id}"
        seen = await self._call("bills", tenant.tenant_id, "GET", path)
        now = seen.json()
        kept = ("vendor_id", "status", "date", "due_date", "currency", "line_amount_types")
        of_lines = ("description", "quantity", "unit_amount", "account_code", "tax_type", "tracking")
        lines = [{name: line[name] for name in of_lines} for line in now["lines"]]
        body = {**{name: now[name] for name in kept}, "number": number, "lines": lines}
        await self._call("bills", tenant.tenant_id, "PUT", path, json=body, headers={"If-Match": seen.headers["ETag"]})

    async def edit_number(self, tenant: Tenant, number: str) -> None:
        """Change the bill's number in Xero."""
        await self.xero.act(tenant.org_id, "edit_invoice", InvoiceID=tenant.invoice_id, InvoiceNumber=number)

    async def changed_in_xero(self, tenant: Tenant) -> tuple[str, float]:
        """The bill's number in Xero, and its time of change in seconds since 1970."""
        (invoice,) = (await self.xero.state(tenant.org_id, "Invoices"))["Invoices"]
        milliseconds = invoice["UpdatedDateUTC"].removeprefix("/Date(").partition("+")[0]
        return invoice["InvoiceNumber"], int(milliseconds) / 1000

    async def webhook_calls(self) -> float:
        """The calls to Xero so far that webhooks asked for, by the connector's own metric."""
        answer = await self._http.get(f"{self._stack.services[CONNECTOR].health_url}/metrics")
        counted = [
            line for line in answer.text.splitlines() if line.startswith('tieout_xero_calls_total{lane="webhook"')
        ]
        return sum(float(line.rpartition(" ")[2]) for line in counted)

    async def _connected(self) -> Tenant:
        tenant_id, org_id = uuid4(), await self.xero.create_org(f"Org {uuid4()}", country="NZ")
        vendor = await self.xero.act(org_id, "create_contact", Name="Paper Ltd")
        line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "429"}
        await self.xero.act(
            org_id, "create_bill", Contact={"ContactID": vendor}, InvoiceNumber="B-1", Status="AUTHORISED",
            Date="2026-09-14", DueDate="2026-10-14", LineItems=[line],
        )  # fmt: skip
        await self._call(CONNECTOR, tenant_id, "PUT", "", json={"name": f"Tenant {tenant_id}"})
        consent = await self._call(CONNECTOR, tenant_id, "POST", "/connection/consent", json={})
        await self._allow(consent.json()["url"], org_id, f"{tenant_id}@example.com")
        await self._call(CONNECTOR, tenant_id, "PUT", "/connection/organisation", json={"org_id": org_id})
        arrived = await self.watch.bill(tenant_id, lambda bill: bill.number == "B-1", within=_IMPORTED_WITHIN)

        async def imported() -> bool:
            answer = await self._call(CONNECTOR, tenant_id, "GET", "/connection")
            return bool(answer.json()["state"] == "connected")

        await until("the first import", imported, within=_IMPORTED_WITHIN, every=0.5)
        return Tenant(tenant_id, org_id, arrived.bill)

    async def _allow(self, url: str, org_id: str, user: str) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        form = {**query, "decision": "allow", "tenant": org_id, "user": user}
        back = await self._http.post(url.partition("?")[0], data=form)
        answer = await self._http.get(back.headers["location"])
        answer.raise_for_status()

    async def _call(self, service: str, tenant_id: UUID, method: str, path: str, **more: Any) -> httpx.Response:
        url = f"{self._stack.services[service].url}/tenants/{tenant_id}{path}"
        answer = await self._http.request(method, url, **more)
        if answer.is_error:
            raise AssertionError(f"{method} {service} {path}: {answer.status_code} {answer.text[:500]}")
        return answer


@asynccontextmanager
async def fleet(started: Servers) -> AsyncIterator[Fleet]:
    """Everything runs, without a tenant yet."""
    # Its processes end before the servers that they use.
    stack = Stack(
        started.folder / "stack",
        kafka=started.kafka,
        postgres=started.postgres,
        settings={"TIEOUT_XERO_PLAN": "plus"},
    )
    try:
        await asyncio.to_thread(stack.start)
        headers = {"Authorization": f"Bearer {stack.keys.token('bench@platform')}"}
        async with (
            Control(stack.simulator_url, timeout=300) as xero,
            httpx.AsyncClient(headers=headers, timeout=60, trust_env=False, limits=_KEPT) as http,
            Watch.of(started.kafka.bootstrap, PARTITIONS) as watch,
        ):
            await xero.register_app(
                client_id=XERO_CLIENT_ID,
                client_secret=XERO_CLIENT_SECRET,
                redirect_uris=[stack.services[CONNECTOR].redirect_uri],
                plan="plus",
            )
            yield Fleet(stack, xero, http, watch)
    finally:
        await asyncio.to_thread(stack.stop)
