"""Everybody who asks the connector's API, with their tokens and usual bodies."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from tieout_connector.connecting import connections
from tieout_local import keys as local
from tieout_schemas.roles import Feature
from tieout_testing.access_sweep import ANA, ServiceApi
from tieout_testing.connector import ConnectorHarness

ADMIN, VIEWER, PLATFORM = ("admin",), ("viewer",), ("platform",)
BODIES: dict[str, Any] = {
    "PUT /tenants/{t}": {"name": "Kea Café"},
    "PUT /tenants/{t}/plan": {"closed": []},
    "POST /tenants/{t}/connection/consent": {},
    "PUT /tenants/{t}/connection/organisation": {"org_id": str(uuid4())},
    "DELETE /tenants/{t}/connection": None,
    "GET /tenants/{t}/connection": None,
    "POST /tenants/{t}/history/imports": {"kinds": ["bills"], "from_date": "2025-01-01"},
    "GET /tenants/{t}/history/imports": None,
    "GET /tenants/{t}/history/imports/{problem_id}": None,
    "DELETE /tenants/{t}/history/imports/{problem_id}": None,
    "POST /tenants/{t}/sync": None,
    "GET /tenants/{t}/sync/{problem_id}": None,
    "DELETE /tenants/{t}/sync/{problem_id}": None,
    "GET /tenants/{t}/sync/{problem_id}/events": None,
    "GET /tenants/{t}/settings": None,
    "PATCH /tenants/{t}/settings": {"version": 0, "changes": {}},
    "POST /tenants/{t}/settings/preview": {"changes": {}},
    "GET /tenants/{t}/settings/choices": None,
    "GET /tenants/{t}/settings/history": None,
    "GET /tenants/{t}/usage": None,
    "GET /tenants/{t}/writes": None,
    "GET /tenants/{t}/writes/vendor:1:1:1": None,
    "POST /tenants/{t}/writes/vendor:1:1:1/cancel": None,
    "POST /tenants/{t}/writes/vendor:1:1:1/retry": None,
    "GET /tenants/{t}/xero/contacts?search=Kea": None,
    "GET /tenants/{t}/xero/invoices/{problem_id}": None,
    "GET /tenants/{t}/problems": None,
    "GET /tenants/{t}/problems/groups": None,
    "GET /tenants/{t}/problems/{problem_id}": None,
}
ROUTES = list(BODIES)


class Platform:
    """The payables product, and people with their tokens."""

    def __init__(
        self, harness: ConnectorHarness, app: FastAPI, http: httpx.AsyncClient, keys: local.SigningKeys
    ) -> None:
        self.harness, self.app, self.http, self.keys = harness, app, http, keys

    async def service_api(self) -> ServiceApi:
        """Where everybody tries to come in, with a tenant of its own."""
        tenant_id = await self.harness.tenant()

        async def close(features: Sequence[Feature]) -> None:
            await self.harness.database.run(lambda tx: connections.put_plan(tx, ANA, tenant_id, features))

        return ServiceApi(self.app, tenant_id, self.keys.token, close)

    async def ask(
        self,
        route: str,
        tenant_id: UUID | str,
        roles: tuple[str, ...] | None = ADMIN,
        *,
        body: Any = ...,
        of: Any = ...,
    ) -> httpx.Response:
        method, path = route.split(" ")
        tenants = [str(tenant_id) if of is ... else str(of)]
        token = {"Authorization": f"Bearer {self.keys.token('ana', tenants, roles)}"} if roles is not None else {}
        sent = BODIES.get(route) if body is ... else body
        return await self.http.request(method, path.format(t=tenant_id, problem_id=uuid4()), json=sent, headers=token)
