"""One call to Xero's Accounting API: bytes out, JSON in, everything else an error of the tree. Retries nothing."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from tieout_connector.xero.errors import Again, ConsentLost, RefusedRequest, TokenExpired, Unknown

TIMEOUT = 15.0
"""Seconds a call may take at most, all of it; a lease outlives it."""
_PATH = "/api.xro/2.0/"


@dataclass(frozen=True, slots=True)
class Request:
    """A call to make; `key` is the Idempotency-Key of a write."""

    method: str
    resource: str
    params: Mapping[str, str]
    modified_since: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What Xero said, and what is left of its limits."""

    json: Any
    day_remaining: int | None


class XeroApi:
    """Xero's Accounting API."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/") + _PATH

    async def call(self, token: str, org_id: UUID, request: Request, body: bytes | None = None) -> Answer:
        """Make one call. Raises XeroError."""
        headers = {"Authorization": f"Bearer {token}", "Xero-Tenant-Id": str(org_id), "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if request.key:
            headers["Idempotency-Key"] = request.key
        if request.modified_since:
            headers["If-Modified-Since"] = request.modified_since
        url = self._url + request.resource
        # Always in one order: the same key with another address is another request to Xero, which refuses it.
        params = dict(sorted(request.params.items()))
        try:
            # httpx counts its timeout anew for every part of an answer.
            async with asyncio.timeout(TIMEOUT):
                answer = await self._client.request(
                    request.method, url, params=params, headers=headers, content=body, timeout=TIMEOUT
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Again(f"Xero cannot be reached: {error!r}", timedelta(seconds=5)) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unknown(f"no answer: {error!r}", answered=False) from error
        return _read(answer)


def _read(answer: httpx.Response) -> Answer:
    status = answer.status_code
    if status in (200, 204, 304):
        try:
            # Decimal, not float: 0.1 of a cent lost here is a bill that does not tie out.
            content = json.loads(answer.content, parse_float=Decimal) if answer.content else {}
        except ValueError as error:
            raise Unknown("the answer is cut off or no JSON", answered=False) from error
        return Answer(content, _number(answer, "X-DayLimit-Remaining"))
    if status == 429:
        problem = answer.headers.get("X-Rate-Limit-Problem", "minute")
        # Concurrent breaches carry no Retry-After.
        after = timedelta(seconds=_number(answer, "Retry-After") or 1)
        raise Again(f"too many calls ({problem})", after, parks=True)
    if status == 401 and "TokenExpired" in answer.text:
        raise TokenExpired(answer.text[:200])
    if status in (401, 403):
        raise ConsentLost(f"{status}: {_detail(answer)}")
    if status == 400 and "Idempotency Key" in answer.text:
        # It says nothing of the records: what the key was used for first may have made them.
        raise Unknown(answer.text[:200], answered=True)
    if 400 <= status < 500 and status != 408:
        raise RefusedRequest(_messages(answer))
    raise Unknown(f"Xero answered {status}", answered=True)


def _number(answer: httpx.Response, header: str) -> int | None:
    text = answer.headers.get(header, "")
    return int(text) if text.isdigit() else None


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _detail(answer: httpx.Response) -> str:
    return str(_json(answer).get("Detail") or answer.reason_phrase)


def _messages(answer: httpx.Response) -> tuple[str, ...]:
    content = _json(answer)
    elements = content.get("Elements") or []
    found = tuple(e.get("Message", "") for element in elements for e in element.get("ValidationErrors") or [])
    if found:
        return found
    return (str(content.get("Message") or f"{answer.status_code} {answer.reason_phrase}"),)
