"""The steps of a call to the Accounting API.

They are: length of the query, token, tenant, limits, faults, scope, Idempotency-Key, handler, ledger. It is plain ASGI,
because benchmarks measure this path.
"""

import asyncio
import hashlib
import time
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import unquote

from xero_sim import answers
from xero_sim.accounting import routes
from xero_sim.accounting.call import Call, parse_query
from xero_sim.answers import Answer, Rejected
from xero_sim.faults import Fault, faulty_answer, too_many
from xero_sim.ids import canonical
from xero_sim.ledger import Entry
from xero_sim.limits import Limited, take
from xero_sim.oauth.scopes import grants
from xero_sim.oauth.tokens import Access
from xero_sim.oddities.meeting import delay, met
from xero_sim.org import Org
from xero_sim.sockets import Receive, Scope, Send, close_connection, read_body, send_answer
from xero_sim.world import World

BASE = "/api.xro/2.0/"
COMPRESS_ABOVE = 860
"""An answer with more bytes than this is compressed."""
LONGEST_QUERY = 2048
"""The longest query that Xero's server accepts, in bytes as it is sent, percent-encoded."""


@dataclass(slots=True)
class Seen:
    """What is known about a call so far, for the ledger."""

    method: str
    target: str
    headers: dict[str, str]
    app: str | None = None
    tenant: str | None = None
    body: bytes = b""
    replayed: bool = False
    fault: Fault | None = None


class AccountingApi:
    """The ASGI application under /api.xro/2.0."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        query = scope["query_string"].decode()
        path = scope["path"]
        headers = {key.decode().lower(): value.decode("latin-1") for key, value in scope["headers"]}
        seen = Seen(scope["method"], f"{path}?{query}" if query else path, headers)
        try:
            seen.body = await read_body(receive)
        except ConnectionResetError:
            # The client disconnected before the end of its request, so nobody waits for an answer.
            return
        too_long = len(query) > LONGEST_QUERY
        answer = answers.not_found() if too_long else await self._answer(seen, path[len(BASE) :], query)
        compressed = answer
        if len(answer.body) > COMPRESS_ABOVE and "gzip" in headers.get("accept-encoding", ""):
            # The fastest level, because compression blocks the loop that serves all calls. Xero's level is not known.
            compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
            body = compressor.compress(answer.body) + compressor.flush()
            compressed = replace(answer, body=body, headers=(*answer.headers, ("Content-Encoding", "gzip")))
        self._note(seen, answer, compressed, began)
        kind = seen.fault.kind if seen.fault else ""
        if kind in ("refuse", "lost"):
            close_connection(receive)
            return
        await send_answer(send, compressed, cut=kind == "cut")

    async def _answer(self, seen: Seen, path: str, query: str) -> Answer:
        world = self.world
        now = world.clock.timestamp()
        access = _access(world, seen.headers.get("authorization", ""))
        if access is None:
            return answers.unknown_token()
        seen.app = access.grant.client_id
        if access.expires <= now:
            return answers.token_expired(datetime.fromtimestamp(access.expires, UTC))
        org = self._org(access, seen.headers.get("xero-tenant-id"))
        if org is None:
            return answers.tenant_refused()
        seen.tenant = org.tenant_id
        budget = world.budget(seen.app, org.tenant_id)
        plan = world.apps[seen.app].plan
        left = take(now, world.limits, plan, budget, world.app_budget(seen.app))
        if isinstance(left, Limited):
            return too_many(left.problem, left.retry_after, left.day, left.minute)
        budget.in_flight += 1
        try:
            if world.latency:
                await asyncio.sleep(world.latency)
            seen.fault = world.faults.draw(org.tenant_id, seen.method, path)
            if seen.fault and seen.fault.kind == "slow":
                await asyncio.sleep(seen.fault.seconds)
            if world.oddities.on:
                call = Call(seen.method, org, seen.app, "", parse_query(query))
                await asyncio.sleep(delay(world.oddities, call, path))
            answer = (faulty_answer(seen.fault) if seen.fault else None) or self._work(seen, access, org, path, query)
        finally:
            budget.in_flight -= 1
        if answer.status == 429:
            return answer
        counted = (
            ("X-DayLimit-Remaining", str(left.day)),
            ("X-MinLimit-Remaining", str(left.minute)),
            ("X-AppMinLimit-Remaining", str(left.app_minute)),
            ("Xero-Correlation-Id", world.new_id()),
        )
        return replace(answer, headers=(*answer.headers, *counted))

    def _org(self, access: Access, sent: str | None) -> Org | None:
        """The tenant's organisation, or None if it is not connected. A custom connection implies its own tenant."""
        world, app = self.world, self.world.apps[access.grant.client_id]
        if access.grant.user is None:
            tenant_id = app.custom_tenant
            return world.orgs.get(tenant_id) if tenant_id and sent in (None, tenant_id) else None
        tenant_id = canonical(sent or "")
        if not world.connections.reaches(app.client_id, access.grant.user, tenant_id):
            return None
        return world.orgs.get(tenant_id)

    def _work(self, seen: Seen, access: Access, org: Org, path: str, query: str) -> Answer:
        found = routes.find(seen.method, [unquote(part) for part in path.strip("/").split("/")])
        if found is None or found.route is None:
            return answers.not_implemented() if found else answers.not_found()
        if not grants(access.held, found.route.scope, reading=seen.method == "GET"):
            return answers.scope_missing()
        handler, accept = found.route.handler, seen.headers.get("accept", "").lower()
        if found.route.pdf and "application/pdf" in accept:
            handler = found.route.pdf
        elif not found.route.raw and not _takes_json(accept):
            return answers.not_acceptable()
        app = self.world.apps[access.grant.client_id]
        org.acting = access.grant.user or app.name
        call = Call(seen.method, org, app.client_id, app.name, parse_query(query), seen.headers, seen.body, found.ids)
        key = seen.headers.get("idempotency-key")
        if key is None or seen.method not in ("POST", "PUT", "PATCH"):
            return self._handle(handler, call, path)
        return self._once(seen, call, handler, key, path)

    def _once(self, seen: Seen, call: Call, handler: routes.Handler, key: str, path: str) -> Answer:
        """Behaviour 41: the same request gets the first answer again."""
        now = self.world.clock.timestamp()
        request_line = f"{seen.method} {seen.target} {call.org.tenant_id}\n".encode()
        request = hashlib.sha256(request_line + seen.body).digest()
        known = self.world.replies.look(call.app, key, request, now)
        if known is not None:
            seen.replayed = True
            return known
        answer = self._handle(handler, call, path)
        self.world.replies.keep(call.app, key, request, answer, now)
        return answer

    def _handle(self, handler: routes.Handler, call: Call, path: str) -> Answer:
        if self.world.oddities.on:
            return met(self.world.oddities, call, path, lambda: _work(handler, call))
        return _work(handler, call)

    def _note(self, seen: Seen, answer: Answer, compressed: Answer, began: float) -> None:
        self.world.ledger.add(
            Entry(
                at=self.world.clock.timestamp(),
                app=seen.app,
                tenant=seen.tenant,
                method=seen.method,
                path=seen.target,
                status=answer.status,
                request_bytes=len(seen.body),
                response_bytes=len(compressed.body),
                plain_bytes=len(answer.body),
                idempotency_key=seen.headers.get("idempotency-key"),
                replayed=seen.replayed,
                fault=seen.fault.kind if seen.fault else None,
                ms=(time.perf_counter() - began) * 1000,
            )
        )


def _access(world: World, authorization: str) -> Access | None:
    kind, _, token = authorization.partition(" ")
    return world.tokens.access.get(token) if kind.lower() == "bearer" else None


def _work(handler: routes.Handler, call: Call) -> Answer:
    try:
        return handler(call)
    except Rejected as rejected:
        return rejected.answer


def _takes_json(accept: str) -> bool:
    # Without Accept, and with `*/*`, Xero answers XML (behaviour 21). JSON is an answer too.
    return not accept or "application/json" in accept or "*/*" in accept or "application/*" in accept
