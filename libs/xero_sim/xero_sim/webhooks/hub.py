"""Delivers changes to the apps that subscribe: one worker per app, events in order. Source: docs/xero.md 5.2."""

import asyncio
import contextlib
from collections.abc import Iterable
from itertools import islice, takewhile

import httpx

from xero_sim.clock import Clock
from xero_sim.records.change import Change
from xero_sim.webhooks.disorder import Disorder
from xero_sim.webhooks.payload import body, event_form, signature
from xero_sim.webhooks.sending import intent_to_receive, post
from xero_sim.webhooks.subscription import State, Subscription


class Hub:
    """All subscriptions and their workers. Workers run on the loop that `subscribe` was called on."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.subscriptions: dict[str, Subscription] = {}
        self.disorder = Disorder()
        self._wake_ups: dict[str, asyncio.Event] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None

    def publish(self, change: Change, apps: Iterable[str]) -> None:
        """Queue a change for those of these apps that subscribe to its category."""
        for client_id in apps:
            subscription = self.subscriptions.get(client_id)
            if subscription is not None and subscription.hear(change):
                self._wake_ups[client_id].set()

    async def subscribe(self, client_id: str, url: str, key: str, categories: list[str]) -> list[str]:
        """Set or replace a subscription and run the handshake. Returns its problems; none means that it is active."""
        old = self.subscriptions.get(client_id)
        made = Subscription(client_id, url, key, categories)
        if old is not None:
            made.sequence, made.held = old.sequence, old.held
        self.subscriptions[client_id] = made
        return await self.enable(client_id)

    async def enable(self, client_id: str) -> list[str]:
        """Run the handshake. If it passes, held events are delivered in order. Returns its problems."""
        await self._stop(client_id)
        subscription = self.subscriptions[client_id]
        problems = await intent_to_receive(self.client(), subscription.url, subscription.key)
        if problems:
            if subscription.state is not State.DISABLED:
                subscription.state = State.UNVALIDATED
            return problems
        subscription.state, subscription.failing_since, subscription.attempts = State.OK, None, 0
        self._wake_ups[client_id] = asyncio.Event()
        self._wake_ups[client_id].set()
        self._workers[client_id] = asyncio.create_task(self._work(subscription, self._wake_ups[client_id]))
        return []

    async def disable(self, client_id: str) -> None:
        """Stop delivering until `enable`, as after a day of failures."""
        await self._stop(client_id)
        self.subscriptions[client_id].state = State.DISABLED

    async def remove(self, client_id: str) -> None:
        """Remove a subscription."""
        self.subscriptions.pop(client_id, None)
        await self._stop(client_id)

    async def close(self) -> None:
        """Stop every worker."""
        for client_id in list(self._workers):
            await self._stop(client_id)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def client(self) -> httpx.AsyncClient:
        """The HTTP client for all deliveries. It ignores the proxies of the environment."""
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False)
        return self._client

    async def _stop(self, client_id: str) -> None:
        worker = self._workers.pop(client_id, None)
        if worker is not None:
            worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    async def _work(self, subscription: Subscription, wake_up: asyncio.Event) -> None:
        postponed: tuple[bytes, int] | None = None
        while subscription.state is not State.DISABLED:
            if not subscription.held and postponed is None:
                await wake_up.wait()
            await asyncio.sleep(self.disorder.pause())
            wake_up.clear()
            subscription.drop_stale(self.clock.timestamp())
            batch = self._next_batch(subscription)
            if batch:
                first = subscription.sequence + 1
                last = subscription.sequence = subscription.sequence + len(batch)
                raw = body([event_form(change) for change in batch], first, last)
                if postponed is None and self.disorder.hits(self.disorder.reorder):
                    postponed = (raw, len(batch))
                    self._done(subscription, len(batch))
                    continue
                try:
                    delivered = await self._deliver(subscription, raw, len(batch))
                except asyncio.CancelledError:
                    subscription.sequence = first - 1
                    raise
                if not delivered:
                    # The receiver did not accept these numbers, so the next attempt may use them again.
                    subscription.sequence = first - 1
                    return
                self._done(subscription, len(batch))
            if postponed is not None:
                await self._deliver(subscription, *postponed)
                postponed = None

    async def _deliver(self, subscription: Subscription, raw: bytes, count: int) -> bool:
        """Send until the payload is received or the subscription is disabled. Returns False if it is disabled."""
        if self.disorder.hits(self.disorder.loss):
            return True
        while True:
            wrong = self.disorder.hits(self.disorder.wrong_signature)
            signed = signature(raw, f"{subscription.key}-wrong" if wrong else subscription.key)
            reply = await post(self.client(), subscription.url, raw, signed)
            if reply.received and self.disorder.hits(self.disorder.duplicate):
                await post(self.client(), subscription.url, raw, signed)
            subscription.last_answer = f"{reply.status} {reply.text}"
            if reply.received:
                subscription.answered(count)
                return True
            again_at = subscription.failed(self.clock.timestamp())
            if again_at is None:
                return False
            await self.clock.wait_until(again_at)

    def _next_batch(self, subscription: Subscription) -> list[Change]:
        """The events of the next payload. Whether it may mix tenants is unconfirmed (behaviour 71)."""
        batch = list(islice(subscription.held, self.disorder.batch))
        if self.disorder.mix_tenants or not batch:
            return batch
        return list(takewhile(lambda change: change.tenant_id == batch[0].tenant_id, batch))

    @staticmethod
    def _done(subscription: Subscription, count: int) -> None:
        for _ in range(count):
            subscription.held.popleft()
