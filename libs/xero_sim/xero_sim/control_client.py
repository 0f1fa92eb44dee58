"""A typed client of the control API, for demos and tests. Every method is one call."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx

Json = dict[str, Any]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


class RegisteredApp(NamedTuple):
    """An app as the developer portal shows it."""

    client_id: str
    client_secret: str | None


class ControlRefused(Exception):
    """The simulator refused a call of the control API; the text says why."""


class Control:
    """`async with Control("http://127.0.0.1:8123") as control: …`"""

    def __init__(self, url: str, *, timeout: float = 60.0) -> None:
        self.url = url
        # Loading certificates takes longer than a call, so they are loaded only for https.
        verify = url.startswith("https:")
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False, verify=verify)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def reset(self) -> None:
        """Remove all apps and organisations. The limits are on again, and the clock shows real time."""
        await self._call("POST", "/control/reset")

    async def create_org(
        self,
        name: str = "Demo Company",
        *,
        country: str = "NZ",
        currency: str | None = None,
        currencies: Iterable[str] = (),
        tenant_id: str | None = None,
    ) -> str:
        """Create an organisation with accounts, tax rates, tracking and a bank account. Returns its tenant id."""
        sent = {
            "name": name,
            "country": country,
            "currency": currency,
            "currencies": list(currencies),
            "tenantId": tenant_id,
        }
        made: Json = await self._call("POST", "/control/orgs", sent)
        return str(made["tenantId"])

    async def orgs(self) -> list[Json]:
        """Every organisation: tenantId, name, country, currency, and counts of records."""
        found: list[Json] = await self._call("GET", "/control/orgs")
        return found

    async def seed(self, tenant_id: str, size: int, *, seed: int = 1, share_of_sales: float = 0.15) -> Json:
        """Fill an organisation with `size` documents and what belongs to them. Returns the numbers of new records."""
        sent = {"size": size, "seed": seed, "shareOfSales": share_of_sales}
        made: Json = await self._call("POST", f"/control/orgs/{tenant_id}/seed", sent)
        return made

    async def state(self, tenant_id: str, *kinds: str) -> dict[str, list[Json]]:
        """All records as Xero shows them, by kind. `kinds`, such as "Invoices", selects some kinds."""
        picked = f"?kinds={','.join(kinds)}" if kinds else ""
        found: dict[str, list[Json]] = await self._call("GET", f"/control/orgs/{tenant_id}/state{picked}")
        return found

    async def actions(self, tenant_id: str, actions: Iterable[Mapping[str, object]]) -> list[Json]:
        """Do many things as a person in Xero, in one call. Returns `{"ok", "id" | "messages"}` for each."""
        sent = {"actions": [dict(action) for action in actions]}
        done: Json = await self._call("POST", f"/control/orgs/{tenant_id}/actions", sent)
        results: list[Json] = done["results"]
        return results

    async def act(self, tenant_id: str, do: str, **parameters: object) -> str:
        """Do one thing as a person in Xero. Returns its record's id. Raises ControlRefused with Xero's messages."""
        (result,) = await self.actions(tenant_id, [{"do": do, **parameters}])
        if not result["ok"]:
            raise ControlRefused("; ".join(result["messages"]))
        return str(result["id"])

    async def set_switches(self, tenant_id: str, **switches: bool) -> Json:
        """Set switches of behaviours that no source confirms, by their names in snake case. Returns all switches."""
        sent = {_camel(name): value for name, value in switches.items()}
        found: Json = await self._call("PUT", f"/control/orgs/{tenant_id}/switches", sent)
        return found

    async def disconnect(self, tenant_id: str, client_id: str | None = None) -> int:
        """Remove an app, or all apps, as a person does inside Xero. Returns the number of removed connections."""
        done: Json = await self._call("POST", f"/control/orgs/{tenant_id}/disconnect", {"clientId": client_id})
        return int(done["disconnected"])

    async def register_app(
        self,
        *,
        name: str = "Tieout",
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uris: Iterable[str] = (),
        scopes: Iterable[str] = (),
        plan: str = "starter",
        created: str = "2026-03-02",
        custom_tenant: str | None = None,
        pkce: bool = False,
    ) -> RegisteredApp:
        """Register an OAuth app. Missing ids are generated. Without `scopes`, the app may request all scopes."""
        sent = {
            "name": name,
            "clientId": client_id,
            "clientSecret": client_secret,
            "redirectUris": list(redirect_uris),
            "scopes": list(scopes),
            "plan": plan,
            "created": created,
            "customTenant": custom_tenant,
            "pkce": pkce,
        }
        made: Json = await self._call("POST", "/control/apps", sent)
        return RegisteredApp(made["clientId"], made["clientSecret"])

    async def apps(self) -> list[Json]:
        """Every registered app."""
        found: list[Json] = await self._call("GET", "/control/apps")
        return found

    async def connect(
        self, client_id: str, tenant_ids: Iterable[str], *, user: str | None = None, scopes: str | None = None
    ) -> Json:
        """Consent, and exchange the code, in one step. Returns the token endpoint's reply."""
        sent = {"tenantIds": list(tenant_ids), "user": user, "scopes": scopes}
        tokens: Json = await self._call("POST", f"/control/apps/{client_id}/connect", sent)
        return tokens

    async def set_webhook(
        self, client_id: str, url: str, key: str, categories: Iterable[str] = ("CONTACT", "INVOICE")
    ) -> Json:
        """Set the app's webhook and run the handshake. `state` is OK if `problems` is empty."""
        sent = {"url": url, "key": key, "categories": list(categories)}
        found: Json = await self._call("PUT", f"/control/apps/{client_id}/webhook", sent)
        return found

    async def webhook(self, client_id: str) -> Json:
        """The app's webhook: its state, held, delivered, attempts, lastSequence, lastAnswer."""
        found: Json = await self._call("GET", f"/control/apps/{client_id}/webhook")
        return found

    async def enable_webhook(self, client_id: str) -> Json:
        """Enable a disabled webhook again, by a new handshake."""
        found: Json = await self._call("POST", f"/control/apps/{client_id}/webhook/enable")
        return found

    async def disable_webhook(self, client_id: str) -> Json:
        """Disable the webhook at once, as a day of failures does. Events are held until it is enabled again."""
        found: Json = await self._call("POST", f"/control/apps/{client_id}/webhook/disable")
        return found

    async def remove_webhook(self, client_id: str) -> None:
        """Remove the webhook."""
        await self._call("DELETE", f"/control/apps/{client_id}/webhook")

    async def set_webhook_disorder(self, **settings: object) -> Json:
        """Disturb webhooks: `delay=(s, s)`; rates 0 to 1: `duplicate`, `loss`, `reorder`, `wrongSignature`; `batch`."""
        found: Json = await self._call("PUT", "/control/webhooks", settings)
        return found

    async def now(self) -> datetime:
        """The simulator's time, UTC."""
        found: Json = await self._call("GET", "/control/clock")
        return datetime.fromisoformat(found["now"])

    async def advance(self, by: timedelta) -> datetime:
        """Move the clock. Returns the new time."""
        found: Json = await self._call("POST", "/control/clock", {"advanceSeconds": by.total_seconds()})
        return datetime.fromisoformat(found["now"])

    async def freeze(self, at: datetime | None = None) -> datetime:
        """Stop the clock, at the given time or at its present time. Returns that time."""
        sent: Json = {"freeze": True}
        if at is not None:
            sent["at"] = at.isoformat()
        found: Json = await self._call("POST", "/control/clock", sent)
        return datetime.fromisoformat(found["now"])

    async def run_clock(self) -> datetime:
        """Let the clock run again with real time. Returns the time."""
        found: Json = await self._call("POST", "/control/clock", {"freeze": False})
        return datetime.fromisoformat(found["now"])

    async def add_fault(self, kind: str, **settings: object) -> list[Json]:
        """Add a fault. It hits the next call, unless `times=` or `rate=` say otherwise.

        `tenant=`, `method=` and `path=` select calls. `seconds=` is the delay of slow, `retry_after=` belongs to 429s.
        Kinds: 429-minute, 429-day, 429-concurrent, 429-appminute, 500, 503, refuse, html, lost, cut, slow.
        """
        found: list[Json] = await self._call("POST", "/control/faults", {"faults": [{"kind": kind, **settings}]})
        return found

    async def clear_faults(self) -> None:
        """Remove all faults."""
        await self._call("DELETE", "/control/faults")

    async def switch_on(self, oddity: str, **settings: object) -> list[Json]:
        """Switch on an oddity for all calls, or only for some: `tenant=`, `method=`, `path=`, `times=`, `rate=`.

        `options={}` are settings of the oddity. `GET /control/oddities` lists all oddities, each with its case in
        docs/field-cases.md.
        """
        found: list[Json] = await self._call("POST", "/control/oddities", {"name": oddity, **settings})
        return found

    async def known_oddities(self) -> list[str]:
        """The names of all oddities that can be switched on."""
        return list((await self._call("GET", "/control/oddities"))["known"])

    async def odd_calls(self) -> dict[str, int]:
        """For each oddity, the number of calls that it has changed since the last reset."""
        found: dict[str, int] = (await self._call("GET", "/control/oddities"))["met"]
        return found

    async def switch_off_oddities(self) -> None:
        """Switch off all oddities."""
        await self._call("DELETE", "/control/oddities")

    async def limits(self) -> Json:
        """The rate limits and the latency."""
        found: Json = await self._call("GET", "/control/limits")
        return found

    async def set_limits(self, **settings: object) -> Json:
        """`enabled`, `concurrent`, `minute`, `day` (None: by plan), `appMinute`, `latency` in real seconds."""
        found: Json = await self._call("PUT", "/control/limits", settings)
        return found

    async def calls(self, **filters: object) -> list[Json]:
        """The calls in the ledger.
        Filters: `tenant`, `app`, `method`, `path` (a part of it), `since` (seconds since 1970), `limit` (1,000).

        `identity="true"` selects the calls of the token and connections endpoints, not those of the Accounting API.
        """
        query = {key: str(value) for key, value in filters.items()}
        found: Json = await self._call("GET", f"/control/ledger?{httpx.QueryParams(query)}")
        calls: list[Json] = found["calls"]
        return calls

    async def count_calls(self, **filters: object) -> int:
        """The number of calls in the ledger that match the filters of `calls`."""
        query = {key: str(value) for key, value in filters.items()} | {"limit": "0"}
        found: Json = await self._call("GET", f"/control/ledger?{httpx.QueryParams(query)}")
        return int(found["total"])

    async def clear_ledger(self) -> None:
        """Remove all calls from the ledger."""
        await self._call("DELETE", "/control/ledger")

    async def egress(self) -> dict[str, Json]:
        """For each client_id: sentBytes, plainBytes, calls. Reads of Organisation do not count."""
        found: dict[str, Json] = await self._call("GET", "/control/egress")
        return found

    async def _call(self, method: str, path: str, sent: Mapping[str, object] | None = None) -> Any:
        answer = await self._http.request(method, path, json=dict(sent) if sent is not None else None)
        if answer.status_code >= 400:
            raise ControlRefused(f"{answer.status_code} {answer.text}")
        return answer.json()
