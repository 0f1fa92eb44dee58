"""One POST to the receiver, and what counts as received. Source: docs/xero.md 5.2."""

from typing import NamedTuple

import httpx

from xero_sim.webhooks.payload import body, signature

TIMEOUT = 5.0


class Reply(NamedTuple):
    """What the receiver answered; status 0 when nothing came."""

    status: int
    cookie: bool
    text: str

    @property
    def received(self) -> bool:
        """Only a 200 in time without a cookie is one."""
        return self.status == 200 and not self.cookie


async def post(client: httpx.AsyncClient, url: str, raw: bytes, signed: str) -> Reply:
    """Send; never raises for what the other side does."""
    headers = {"x-xero-signature": signed, "content-type": "application/json; charset=utf-8"}
    try:
        answer = await client.post(url, content=raw, headers=headers, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as wrong:
        return Reply(0, cookie=False, text=type(wrong).__name__)
    return Reply(answer.status_code, cookie="set-cookie" in answer.headers, text=answer.reason_phrase)


async def intent_to_receive(client: httpx.AsyncClient, url: str, key: str) -> list[str]:
    """The handshake: four POSTs without events, two of them wrongly signed; empty when it passed.

    200 is wanted for the good ones and 401 for the bad ones (behaviour 69).
    """
    problems = []
    for right in (True, False, True, False):
        raw = body([], 0, 0)
        signed = signature(raw, key if right else f"{key}-wrong")
        reply = await post(client, url, raw, signed)
        wanted = 200 if right else 401
        if reply.status != wanted or reply.cookie:
            shown = f"{reply.status} {reply.text}" + (" with a cookie" if reply.cookie else "")
            problems.append(f"{'rightly' if right else 'wrongly'} signed: wanted {wanted}, got {shown}")
    return problems
