"""One POST to the receiver, and what counts as received. Source: docs/xero.md 5.2."""

from typing import NamedTuple

import httpx

from xero_sim.webhooks.payload import body, signature

TIMEOUT = 5.0


class Reply(NamedTuple):
    """The receiver's answer; status 0 if there was none."""

    status: int
    cookie: bool
    text: str

    @property
    def received(self) -> bool:
        """True only for a 200 in time, without a cookie."""
        return self.status == 200 and not self.cookie


async def post(client: httpx.AsyncClient, url: str, raw: bytes, signed: str) -> Reply:
    """Send a payload. If the receiver or the network fails, the reply has status 0."""
    headers = {"x-xero-signature": signed, "content-type": "application/json; charset=utf-8"}
    try:
        answer = await client.post(url, content=raw, headers=headers, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as wrong:
        return Reply(0, cookie=False, text=type(wrong).__name__)
    return Reply(answer.status_code, cookie="set-cookie" in answer.headers, text=answer.reason_phrase)


async def intent_to_receive(client: httpx.AsyncClient, url: str, key: str) -> list[str]:
    """Run the handshake: four POSTs without events, two of them wrongly signed. Returns its problems.

    The receiver must answer 200 to a correct signature and 401 to a wrong one (behaviour 69).
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
