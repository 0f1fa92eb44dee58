"""The queue of writes of one connected tenant, and those who look at it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from tieout_kit.http import audit
from tieout_local import keys as local
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_testing.connector import ConnectorHarness

LEAVES = "insert into call (tenant_id, id, request, body, first_sent_at, retry_at) values ($1, $2, '{}', '', $3, $4)"


class Queue:
    """The queue of one connected tenant, and those who look at it."""

    def __init__(self, harness: ConnectorHarness, http: httpx.AsyncClient, keys: local.SigningKeys) -> None:
        self.harness, self.http, self.keys = harness, http, keys

    async def ask(self, method: str, path: str = "", role: str = "bookkeeper", **params: Any) -> httpx.Response:
        token = self.keys.token("ana", [str(self.harness.tenant_id)], (role,))
        url = f"/tenants/{self.harness.tenant_id}/writes{path}"
        return await self.http.request(method, url, params=params, headers={"Authorization": f"Bearer {token}"})

    async def see(self, **params: Any) -> list[str]:
        return [one["intent_id"] for one in (await self.ask("GET", **params)).json()["items"]]

    async def story(self, intent: WriteIntent) -> dict[str, Any]:
        answer = await self.ask("GET", f"/{intent.intent_id}", "viewer")
        assert answer.status_code == 200, answer.text
        story: dict[str, Any] = answer.json()
        return story

    async def wait(self, *intents: WriteIntent) -> None:
        """These arrive one after the other, and wait."""
        for intent in intents:
            await self.harness.deliver(intent)
            self.harness.clock.ahead += timedelta(seconds=1)

    async def leave(self, intent: WriteIntent, *, ago: float, again_in: float = 30, look_up: bool = False) -> None:
        """It has left so many seconds ago, was not answered, and is looked at again in so many."""
        at, call_id = self.harness.clock() - timedelta(seconds=ago), uuid4()
        again_at = self.harness.clock() + timedelta(seconds=again_in)
        await self.harness.sql(LEAVES, self.harness.tenant_id, call_id, at, again_at)
        await self.harness.sql("update call set look_up_first = $2 where id = $1", call_id, look_up)
        left = "update intent set state = 'sent', call_id = $2 where tenant_id = $1 and id = $3"
        await self.harness.sql(left, self.harness.tenant_id, call_id, intent.intent_id)

    async def end(self, intent: WriteIntent, outcome: Outcome, *messages: str) -> None:
        result = intent.result(outcome, messages=messages)
        done = "update intent set state = 'done', call_id = null, result = $3 where tenant_id = $1 and id = $2"
        doc = result.model_dump_json().encode()
        await self.harness.sql(done, self.harness.tenant_id, intent.intent_id, doc)

    async def spent(self, *, day: int = 0, parked: datetime | None = None) -> None:
        """So many of the day's calls are used, and Xero may have asked to wait."""
        await self.harness.sql("delete from budget")
        spent = "insert into budget values ($1, '{}', $2, $3, 5000, $4, 'too many calls (minute)')"
        await self.harness.sql(spent, self.harness.tenant_id, self.harness.clock().date(), day, parked)

    async def turn(self, not_before: datetime | None, because: str | None) -> None:
        await self.harness.sql(
            "insert into turn (tenant_id, shard, open, not_before, because) values ($1, 0, true, $2, $3) "
            "on conflict (tenant_id) do update set not_before = $2, because = $3, next_at = null",
            self.harness.tenant_id, not_before, because,
        )  # fmt: skip

    async def trail(self) -> list[tuple[str, UUID, Any, Any]]:
        async with self.harness.database.transaction() as tx:
            entries = await audit.page(tx, self.harness.tenant_id, 10)
        return [
            (one.operation.rpartition("/")[2], one.record.id, (one.before or {})["state"], (one.after or {})["state"])
            for one in entries
            if "/writes/" in one.operation
        ]
