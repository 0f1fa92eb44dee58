"""/control: the clock, faults, limits, disorder of webhooks, the ledger, reset."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xero_sim.control.replies import ControlError, camel, json_reply, read
from xero_sim.faults import KINDS, Fault
from xero_sim.ledger import Entry
from xero_sim.wire import Json
from xero_sim.world import World

_LIMITS = {
    "enabled": "enabled", "concurrent": "concurrent", "minute": "minute", "day": "day", "appMinute": "app_minute",
    "concurrentRetryAfter": "concurrent_retry_after",
}  # fmt: skip
_DISORDER = {
    "delay": "delay", "duplicate": "duplicate", "loss": "loss", "reorder": "reorder",
    "wrongSignature": "wrong_signature", "batch": "batch", "mixTenants": "mix_tenants",
}  # fmt: skip


class MachineControls:
    """The controls of the simulator itself."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """The routes directly under /control."""
        return [
            Route("/control/reset", self.reset, methods=["POST"]),
            Route("/control/clock", self.clock, methods=["GET"]),
            Route("/control/clock", self.move_clock, methods=["POST"]),
            Route("/control/faults", self.faults, methods=["GET"]),
            Route("/control/faults", self.add_faults, methods=["POST"]),
            Route("/control/faults", self.clear_faults, methods=["DELETE"]),
            Route("/control/limits", self.limits, methods=["GET"]),
            Route("/control/limits", self.set_limits, methods=["PUT"]),
            Route("/control/webhooks", self.disorder, methods=["GET"]),
            Route("/control/webhooks", self.set_disorder, methods=["PUT"]),
            Route("/control/ledger", self.ledger, methods=["GET"]),
            Route("/control/ledger", self.clear_ledger, methods=["DELETE"]),
            Route("/control/egress", self.egress, methods=["GET"]),
        ]

    async def reset(self, request: Request) -> Response:
        """Remove everything."""
        await self.world.reset()
        return json_reply({})

    async def clock(self, request: Request) -> Response:
        """The simulator's time."""
        return json_reply({"now": self.world.clock.now().isoformat(), "frozen": self.world.clock.frozen})

    async def move_clock(self, request: Request) -> Response:
        """`{advanceSeconds?, freeze?, at?}`: `freeze` true stops the clock (at `at`, if given), false lets it run."""
        sent, clock = await read(request), self.world.clock
        if "freeze" in sent:
            at = datetime.fromisoformat(sent["at"]) if "at" in sent else None
            if sent["freeze"]:
                clock.freeze(at if at is None or at.tzinfo else at.replace(tzinfo=UTC))
            else:
                clock.run()
        if seconds := sent.get("advanceSeconds"):
            clock.advance(timedelta(seconds=float(seconds)))
        return await self.clock(request)

    async def faults(self, request: Request) -> Response:
        """The faults that were added and have not been used up."""
        return json_reply([asdict(fault) for fault in self.world.faults.waiting])

    async def add_faults(self, request: Request) -> Response:
        """`{faults: [{kind, times?, rate?, seconds?, tenant?, method?, path?, retry_after?}]}`."""
        sent = await read(request)
        for form in sent.get("faults", []):
            if form.get("kind") not in KINDS:
                raise ControlError(f"No fault {form.get('kind')!r}; there are {', '.join(KINDS)}")
            if "times" not in form and "rate" not in form:
                form["times"] = 1
            self.world.faults.waiting.append(Fault(**form))
        return await self.faults(request)

    async def clear_faults(self, request: Request) -> Response:
        """Remove all faults."""
        self.world.faults.waiting.clear()
        return json_reply([])

    async def limits(self, request: Request) -> Response:
        """The rate limits and the latency."""
        known = {name: getattr(self.world.limits, ours) for name, ours in _LIMITS.items()}
        return json_reply({**known, "latency": self.world.latency})

    async def set_limits(self, request: Request) -> Response:
        """`{enabled?, concurrent?, minute?, day?, appMinute?, concurrentRetryAfter?, latency?}`; seconds."""
        sent = await read(request)
        _set_all(self.world.limits, _LIMITS, {key: value for key, value in sent.items() if key != "latency"})
        self.world.latency = float(sent.get("latency", self.world.latency))
        return await self.limits(request)

    async def disorder(self, request: Request) -> Response:
        """The faults of webhook delivery."""
        return json_reply({name: getattr(self.world.hub.disorder, ours) for name, ours in _DISORDER.items()})

    async def set_disorder(self, request: Request) -> Response:
        """`{delay?: [s, s], duplicate?, loss?, reorder?, wrongSignature?, batch?, mixTenants?}`; rates from 0 to 1."""
        sent = await read(request)
        if "delay" in sent:
            sent["delay"] = (float(sent["delay"][0]), float(sent["delay"][1]))
        _set_all(self.world.hub.disorder, _DISORDER, sent)
        return await self.disorder(request)

    async def ledger(self, request: Request) -> Response:
        """`?tenant=&app=&method=&path=&since=&limit=&identity=`: the calls, newest last; `since` in seconds since 1970.

        Without `identity=true` those of the Accounting API, with it those of the token and connections endpoints.
        """
        query = request.query_params
        since, limit = float(query.get("since", 0)), int(query.get("limit", 1_000))
        identity = query.get("identity", "").lower() == "true"
        found = [
            _entry_form(entry)
            for entry in self.world.ledger.entries
            if entry.is_accounting != identity
            and entry.at >= since
            and query.get("tenant") in (None, entry.tenant)
            and query.get("app") in (None, entry.app)
            and query.get("method") in (None, entry.method)
            and query.get("path", "").lower() in entry.path.lower()
        ]
        return json_reply({"total": len(found), "calls": found[-limit:] if limit else []})

    async def clear_ledger(self, request: Request) -> Response:
        """Remove the calls from the ledger. The egress counters stay."""
        self.world.ledger.entries.clear()
        return json_reply({})

    async def egress(self, request: Request) -> Response:
        """The bytes that each app read, without Organisation: as they were sent, and before gzip (behaviour 80)."""
        return json_reply(
            {
                app: {"sentBytes": each.sent, "plainBytes": each.plain, "calls": each.calls}
                for app, each in self.world.ledger.egress.items()
            }
        )


def _set_all(target: object, names: dict[str, str], sent: Json) -> None:
    for name, value in sent.items():
        if name not in names:
            raise ControlError(f"No setting {name!r}; there are {', '.join(names)}")
        setattr(target, names[name], value)


def _entry_form(entry: Entry) -> Json:
    return {camel(name): value for name, value in entry._asdict().items()}
