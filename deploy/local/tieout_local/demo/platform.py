"""The platform's side: a payables product that calls the services' APIs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, Self
from uuid import UUID

import httpx

Json = dict[str, Any]


class Address(Protocol):
    """Where a service is."""

    @property
    def url(self) -> str:
        """Its API."""


class Signer(Protocol):
    """Signs tokens that the services accept."""

    def token(self, sub: str, tenants: Sequence[str]) -> str:
        """A token for these tenants and every role."""


class Installation(Protocol):
    """A running Tieout, on this machine or elsewhere."""

    @property
    def services(self) -> Mapping[str, Address]:
        """The address of each service, by its name."""

    @property
    def keys(self) -> Signer:
        """Who signs tokens."""


class DemoFailed(Exception):
    """A step of the demo failed; the message names what was expected and what was seen."""


class NotThere(DemoFailed):
    """A service answered 404: it does not know the tenant or the record, or does not know it yet."""


async def until(what: str, look: Callable[[], Awaitable[Any]], *, within: float = 30.0, every: float = 0.05) -> Any:
    """Poll until `look` returns something true. Raises DemoFailed, with the last thing seen."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        seen = await look()
        if seen:
            return seen
        if loop.time() > end:
            raise DemoFailed(f"{what}: not within {within:.0f} s; last seen: {seen!r}")
        await asyncio.sleep(every)


class Platform:
    """One tenant of the platform, with a token for it.

    A call that fails in between, or that is to be tried again, is repeated for `repeat_for` seconds. Callers choose the
    ids of records, so a repeated PUT makes no second record.
    """

    def __init__(self, stack: Installation, tenant_id: UUID, *, repeat_for: float = 0) -> None:
        self.tenant_id = tenant_id
        self._repeat_for = repeat_for
        token = stack.keys.token("demo@platform", tenants=[str(tenant_id)])
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=30, trust_env=False, follow_redirects=False
        )
        self._urls = {name: address.url for name, address in stack.services.items()}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """GET below /tenants/{tenant_id}. Raises DemoFailed."""
        return await self._call("GET", service, path, params=params)

    async def put(self, service: str, path: str, body: Json) -> Any:
        """PUT below /tenants/{tenant_id}. Raises DemoFailed."""
        return await self._call("PUT", service, path, json=body)

    async def change(self, service: str, path: str, changed: Callable[[Json], Json]) -> Any:
        """PUT what `changed` makes of the present state. Raises DemoFailed."""
        read = await self._http.get(self._url(service, path))
        seen = {"If-Match": read.headers["ETag"]}
        return await self._call("PUT", service, path, json=changed(read.json()), headers=seen)

    async def post(self, service: str, path: str, body: Json) -> Any:
        """POST below /tenants/{tenant_id}. Raises DemoFailed."""
        return await self._call("POST", service, path, json=body)

    async def patch(self, service: str, path: str, body: Json) -> Any:
        """PATCH below /tenants/{tenant_id}. Raises DemoFailed."""
        return await self._call("PATCH", service, path, json=body)

    async def put_through(self, service: str, path: str, body: Json) -> Any:
        """PUT, repeated while the service is down. The caller chose the id, so a repeat makes no second record."""

        async def attempt() -> Any:
            try:
                return await self.put(service, path, body)
            except httpx.TransportError:
                return None

        return await until(f"PUT {path}", attempt, within=60, every=0.2)

    async def all(self, service: str, path: str) -> list[Json]:
        """All records at a path, from all pages."""
        found: list[Json] = []
        after = None
        while True:
            params = {"limit": 1000, **({"after": after} if after else {})}
            page = await self.get(service, path, **params)
            found += page["items"]
            after = page["next"]
            if after is None:
                return found

    def _url(self, service: str, path: str) -> str:
        return f"{self._urls[service]}/tenants/{self.tenant_id}{path}"

    async def _call(self, method: str, service: str, path: str, **more: Any) -> Any:
        answer = await self._answer(method, self._url(service, path), **more)
        if answer.is_error:
            failure = NotThere if answer.status_code == httpx.codes.NOT_FOUND else DemoFailed
            raise failure(f"{method} {service} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    async def _answer(self, method: str, url: str, **more: Any) -> httpx.Response:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._repeat_for
        while True:
            try:
                answer = await self._http.request(method, url, **more)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or loop.time() > end:
                    return answer
            except httpx.TransportError:
                if loop.time() > end:
                    raise
            await asyncio.sleep(0.2)
