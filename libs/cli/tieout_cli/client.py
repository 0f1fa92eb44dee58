"""HTTP requests to the services, with the addresses and the token from the environment."""

import json
from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

import httpx
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Service = Literal["connector", "contacts", "bills", "payments"]


class Addresses(BaseSettings):
    """The addresses of the services, and a token; `make up` prints the lines that set them."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", extra="ignore")

    connector_url: str
    contacts_url: str
    bills_url: str
    payments_url: str
    token: str


class CommandFailed(Exception):
    """The command failed; the text names the cause and what to do."""


def get(service: Service, tenant_id: UUID, path: str, **params: Any) -> Any:
    """GET a path below /tenants/{tenant_id} of a service. Raises CommandFailed."""
    return _call("GET", service, tenant_id, path, params=params)


def send(method: Literal["POST", "PATCH"], service: Service, tenant_id: UUID, path: str, body: Any = None) -> Any:
    """POST or PATCH a path below /tenants/{tenant_id}; None for an answer without content. Raises CommandFailed."""
    return _call(method, service, tenant_id, path, json=body)


def events(service: Service, tenant_id: UUID, path: str) -> Iterator[Any]:
    """The data of each server-sent event, until the service ends the stream. Raises CommandFailed."""
    url, token = _address(service, tenant_id, path)
    try:
        with httpx.stream("GET", url, headers=token, timeout=30) as answer:
            if answer.is_error:
                answer.read()
                raise CommandFailed(f"{service}: {_title(answer)}")
            for line in answer.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))
    except httpx.TransportError as error:
        raise CommandFailed(f"{service} does not answer at {url}: {error}") from error


def _address(service: Service, tenant_id: UUID, path: str) -> tuple[str, dict[str, str]]:
    try:
        addresses = Addresses()
    except ValidationError as error:
        missing = ", ".join(f"TIEOUT_{str(e['loc'][0]).upper()}" for e in error.errors())
        raise CommandFailed(f"set {missing}; `make up` prints these lines for a local stack") from error
    url = f"{getattr(addresses, f'{service}_url')}/tenants/{tenant_id}{path}"
    return url, {"Authorization": f"Bearer {addresses.token}"}


def _call(method: str, service: Service, tenant_id: UUID, path: str, **sent: Any) -> Any:
    url, token = _address(service, tenant_id, path)
    try:
        answer = httpx.request(method, url, headers=token, timeout=30, **sent)
    except httpx.TransportError as error:
        raise CommandFailed(f"{service} does not answer at {url}: {error}") from error
    if answer.is_error:
        raise CommandFailed(f"{service}: {_title(answer)}")
    return answer.json() if answer.content else None


def _title(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["title"])
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.reason_phrase}"
