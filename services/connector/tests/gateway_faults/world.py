"""A tenant and its organisation of Xero, the work it gets, the clocks of both, and the account of it all."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from tieout_connector.app import SERVICE
from tieout_kit.postgres.database import Database
from tieout_schemas.topics import WRITE_RESULT
from tieout_schemas.writes import Outcome, WriteResult
from tieout_testing import bench_results
from tieout_testing.connector import ConnectorHarness
from tieout_testing.faults import KillPoint
from tieout_testing.kafka import wait_until
from tieout_testing.shared_clock import SharedClock

from .gateway_process import GatewayProcess
from .kinds import KINDS
from .wanted import IDS, Books, Wanted

TROUBLES = ("lost", "cut", "slow", "500", "503")
LEASE = timedelta(seconds=31)
"""After which a dead process's tenants are another's."""
FORGOTTEN = timedelta(minutes=7)
"""After which Xero has forgotten an Idempotency-Key."""
EXPIRED = timedelta(minutes=31)
"""After which an access token has expired."""
SLOW = 0.3
"""Seconds that Xero takes for a call that it delays."""
GRACE = timedelta(minutes=20)
"""Xero takes a refresh token whose successor was lost for half an hour; after that a person must consent again."""
STILL = 0.3
"""Seconds of a busy machine in which a gateway that may call does so: a leap of time amid that would stop it."""
STILL_LOOKS = 10
"""Looks that have seen the same."""
RESTED = timedelta(minutes=61)
"""After which everything that rests is tried again."""
STUCK = 60.0
STEP = timedelta(seconds=5)
LEAP = timedelta(minutes=1)
"""While a tenant waits for a moment, no call of it is under way that a leap of time would stop."""
TIDIED = timedelta(minutes=5)
"""After which a gateway tidies up."""


@dataclass
class Account:
    """What became of the intents."""

    intents: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    without_result: list[str] = field(default_factory=list)
    """Those without exactly one result that names the record."""
    limited: int = 0
    """Calls that broke one of Xero's limits."""

    def figures(self) -> list[bench_results.Figure]:
        """To record."""
        return [
            bench_results.at_least("intents accounted in Xero", self.intents, 1, "intents"),
            bench_results.exactly("lost", len(self.lost), 0, "intents"),
            bench_results.exactly("doubled", len(self.doubled), 0, "intents"),
            bench_results.exactly("without exactly one true result", len(self.without_result), 0, "intents"),
            bench_results.exactly("refused by Xero's limits", self.limited, 0, "calls"),
        ]


@dataclass
class World:
    """Where the fire is."""

    harness: ConnectorHarness
    ahead: SharedClock
    env: dict[str, str]
    chance: random.Random
    wanted: list[tuple[str, Wanted]] = field(default_factory=list)
    since_calm: timedelta = timedelta()
    """How long ago a gateway that nobody disturbed came to an end."""
    _sent: int = 0
    """Calls that processes which are gone have sent."""

    async def passes(self, by: timedelta) -> None:
        """Time goes by everywhere; Xero first, so that our process believes to have less left than it has."""
        await self.harness.control.advance(by)
        self.harness.clock.ahead += by
        self.ahead.set(self.harness.clock.ahead)
        self.since_calm += by

    async def begin(self, place: GatewayProcess, shot: KillPoint | None = None) -> None:
        """A gateway starts; where it is to die amid a call, Xero takes its time for those."""
        if shot and shot.point.startswith("amid "):
            _, method, path = shot.point.split()
            named = path.split("/ID")[0].strip("/")
            await self.harness.control.add_fault("slow", method=method, path=named, rate=1.0, seconds=0.08)
        await place.start(self.env, shot)

    async def finish(self, place: GatewayProcess) -> None:
        """A gateway that nobody disturbs does what is left, and ends."""
        await self.harness.control.clear_faults()
        await self.begin(place)
        await self.all_done(place)
        await place.leave()
        await self.quiet(place)
        self.since_calm = timedelta()

    async def next_day(self) -> None:
        """All is done and accounted, and a day goes by: notes are dropped when its calls run short (CONT-12)."""
        await self.passes(timedelta(days=1))
        await self.harness.control.clear_ledger()
        self.since_calm, self._sent = timedelta(), 0

    def some_trouble(self) -> str | None:
        """Now and then something goes wrong."""
        return self.chance.choice(TROUBLES) if self.chance.random() < 0.3 else None

    def some_kinds(self) -> list[str]:
        """Work of several kinds, that does not use up a minute's calls."""
        return self.chance.sample(list(KINDS), 8)

    async def dose(self, kinds: Sequence[str], trouble: str | None = None) -> None:
        """More work, one intent of each of these kinds; the next writing call meets the trouble."""
        made = [(kind, await KINDS[kind](self.harness)) for kind in kinds]
        if trouble:
            for method in ("PUT", "POST"):
                tenant = self.harness.org_id
                await self.harness.control.add_fault(trouble, tenant=tenant, method=method, seconds=SLOW)
        self.wanted += made
        await self.harness.deliver(*[wanted.intent for _, wanted in made])

    async def restored(self, database: str) -> None:
        """Another database is the connector's from here on."""
        before, self.harness.database = self.harness.database, Database(database, SERVICE, self.harness.clock)
        await before.close()
        await self.harness.database.open()
        self.env["TIEOUT_DATABASE_URL"] = self.env["TIEOUT_API_DATABASE_URL"] = database

    async def publish_again(self) -> None:
        """The services have had no answer, and publish every intent again."""
        await self.harness.deliver(*[wanted.intent for _, wanted in self.wanted])

    async def quiet(self, place: GatewayProcess) -> None:
        """The process is gone or stopped, and Xero has done whatever it was called for: no call outlives a lease."""
        self._sent += sum(count for point, count in place.passed().items() if point.startswith("amid "))
        await self.harness.control.clear_faults()
        seen, since = -1, time.monotonic()

        async def all_arrived() -> bool:
            nonlocal seen, since
            now = await self._arrived()
            if now != seen:
                seen, since = now, time.monotonic()
            # One whose caller died while it connected never comes.
            return now >= self._sent or time.monotonic() > since + 2 * SLOW

        await wait_until(all_arrived, bool)
        self._sent = seen

    async def _arrived(self) -> int:
        control = self.harness.control
        return int(await control.count_calls() + await control.count_calls(identity="true"))

    async def all_done(self, place: GatewayProcess) -> None:
        """Every intent has its result."""

        async def left() -> int:
            return max(0, len(self.wanted) - await self.results())

        try:
            await self.comes(left, lambda open_intents: not open_intents)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{await self.found()}\n{place.log()}") from error

    async def comes(self, look: Callable[[], Awaitable[int]], wanted: Callable[[int], bool] = bool) -> None:
        """Wait until it is as wanted; while the tenant waits for a moment, or nothing happens, time goes by. Fails once
        nothing has happened for STUCK seconds, in which everything that rests was due."""
        seen, since, looks = (-1, -1), time.monotonic(), 0
        moved, passed = since, timedelta()
        while not wanted(found := await look()):
            looks += 1
            now = (await self.results(), await self._arrived())
            if now != seen:
                seen, looks, passed = now, 0, timedelta()
                since = moved = time.monotonic()
            waits = await self._waits()
            # A look takes longer on a busy machine, and so does what the gateway is at: its time must not fly by.
            is_still = looks >= STILL_LOOKS and time.monotonic() > since + STILL
            if waits or is_still:
                since, looks = time.monotonic(), 0
                step = min(waits, LEAP) if waits else STEP
                passed += step
                await self.passes(step)
            is_stuck = time.monotonic() > moved + STUCK and passed > RESTED
            assert not is_stuck, f"nothing happened for {STUCK} s; last seen: {found}"
            await asyncio.sleep(0.02)

    async def _waits(self) -> timedelta | None:
        """How long until the tenant's next turn; None: it is at work, or nobody has called it."""
        ((next_at,),) = await self.harness.sql("select next_at from turn where tenant_id = $1", self.harness.tenant_id)
        return max(next_at - self.harness.clock(), timedelta()) or None if next_at else None

    async def results(self, *others: UUID) -> int:
        """How many results were published for the tenant, and for these others."""
        query = "select count(*) from outbox where topic = $1 and tenant_id = any($2)"
        rows = await self.harness.sql(query, WRITE_RESULT.name, [self.harness.tenant_id, *others])
        return int(rows[0][0])

    async def account(self) -> Account:
        """Hold Xero's records against what was wanted; all of it must be there once."""
        account = await self.found()
        assert not account.lost, account.lost
        assert not account.doubled, account.doubled
        assert not account.without_result, account.without_result
        assert not account.limited
        return account

    async def found(self) -> Account:
        """What Xero's records and the published results show so far."""
        books = Books(await self.harness.control.state(self.harness.org_id, *IDS))
        published: dict[str, list[WriteResult]] = {}
        for result in await self.harness.published(WriteResult):
            published.setdefault(result.intent_id, []).append(result)
        account = Account(len(self.wanted))
        for kind, wanted in self.wanted:
            intent_id = wanted.intent.intent_id
            ids = wanted.done(books)
            results = published.get(intent_id, [])
            if not ids:
                account.lost.append(f"{kind} {intent_id}")
            if len(ids) > 1:
                account.doubled.append(f"{kind} {intent_id}")
            if [(r.outcome, r.xero_id and str(r.xero_id)) for r in results] != [(Outcome.DONE, one) for one in ids[:1]]:
                account.without_result.append(f"{kind} {intent_id}: {results}")
        calls = await self.harness.control.calls(limit=200_000)
        account.limited = sum(call["status"] == 429 and not call["fault"] for call in calls)
        return account
