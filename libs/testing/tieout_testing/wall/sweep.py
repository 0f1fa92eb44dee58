"""Sends requests with one query spoilt at a time, with and without row-level security, and notes what goes wrong."""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import asyncpg
import httpx
from fastapi import FastAPI

from tieout_kit.http import Operation, operations
from tieout_kit.postgres.database import _set_json_codecs
from tieout_kit.postgres.logins import Login
from tieout_kit.postgres.queries import Query
from tieout_local.logins import DatabaseUrls
from tieout_testing.access_sweep import EVERY_ROLE, ServiceApi
from tieout_testing.wall.neighbour import Neighbour, shows
from tieout_testing.wall.rehearsal import Stage
from tieout_testing.wall.wrong_queries import WrongQuery, is_unclear, spoilt


@dataclass
class Found:
    """What the sweep has seen."""

    leaks: list[str] = field(default_factory=list)
    """What a tenant got from another one, or did to it, under row-level security."""
    held: set[str] = field(default_factory=set)
    """The spoilt queries that leak without it."""
    tried: set[str] = field(default_factory=set)
    """All spoilt queries."""
    unclear: set[str] = field(default_factory=set)
    """Queries with a tenant that are no insert, and that have no comparison which could be left out."""


class WallSweep:
    """Rehearses requests of one tenant beside a neighbour who has a copy of all its rows."""

    def __init__(self, stage: Stage, neighbour: Neighbour, api: ServiceApi) -> None:
        self._stage, self._neighbour, self._api = stage, neighbour, api
        self._theirs = neighbour.theirs
        self.found = Found()
        self._ids: dict[str, dict[str, Any]] = {}

    @classmethod
    @asynccontextmanager
    async def on(
        cls, urls: DatabaseUrls, service: str, now: datetime, api: ServiceApi, app: Callable[[Stage], FastAPI]
    ) -> AsyncIterator["WallSweep"]:
        """`app` wires the service's API on a stage."""
        db = await asyncpg.connect(urls.owner)
        await _set_json_codecs(db)
        try:
            stage = Stage(db, service, now, Login.of(urls.api).name)
            neighbour = Neighbour(db, api.tenant_id, uuid4())
            await neighbour.learn()
            yield cls(stage, neighbour, ServiceApi(app(stage), api.tenant_id, api.token, api.close))
        finally:
            await db.close()

    async def change(self, operation: Operation, body: Any, etag: str | None, ids: Mapping[str, Any]) -> None:
        """A request that changes something, once for each query that it runs and each way to spoil it."""
        self._ids[operation.path] = dict(ids)
        if "{tenant_id}" in operation.path and ids.get("tenant_id", self._api.tenant_id) == self._api.tenant_id:
            await self._rehearse(operation, body, etag, ids)

    async def read(self, known: Mapping[str, Any]) -> None:
        """The same for every route that reads. Ids are those of the changes before, and `known`."""
        for operation in operations(self._api.app):
            if operation.method == "GET" and "{tenant_id}" in operation.path:
                await self._rehearse(operation, None, None, self._ids_for(operation.path) | dict(known))

    def _ids_for(self, path: str) -> dict[str, Any]:
        """What a change under the same path was about."""
        names = set(re.findall(r"{(\w+)}", path)) - {"tenant_id"}
        for changed, ids in reversed(self._ids.items()):
            # /tenants/{tenant_id}/bills/…
            if names <= ids.keys() and changed.split("/")[3:4] == path.split("/")[3:4]:
                return dict(ids)
        return {}

    async def _rehearse(self, operation: Operation, body: Any, etag: str | None, ids: Mapping[str, Any]) -> None:
        token = self._api.token("ana", [str(self._api.tenant_id)], EVERY_ROLE)

        async def ask() -> httpx.Response:
            try:
                return await self._api.ask(operation, token, body, etag=etag, **ids)
            except Exception as error:
                # The caller gets no word of it.
                return httpx.Response(500, text=type(error).__name__)

        outer = self._stage.db.transaction()
        await outer.start()
        try:
            await self._neighbour.move_in()
            state = await self._neighbour.state()
            queries: dict[str, Query] = {}
            with self._listening(queries):
                right, _ = await self._once(ask)
            self.found.unclear |= {query.text for query in queries.values() if is_unclear(query)}
            for wrong in [wrong for query in queries.values() for wrong in spoilt(query)]:
                self.found.tried.add(str(wrong))
                for walled in (True, False):
                    self._stage.walled = walled
                    with self._spoiling(wrong):
                        answer, after = await self._once(ask)
                    self._stage.walled = True
                    if trouble := self._trouble(operation, right, answer, wrong, state != after):
                        if walled:
                            self.found.leaks.append(f"{operation.name}: {trouble}: {wrong}")
                        else:
                            self.found.held.add(str(wrong))
        finally:
            await outer.rollback()

    async def _once(self, ask: Callable[[], Any]) -> tuple[httpx.Response, str]:
        """An answer, and what the neighbour has after it. Everything is undone."""
        inner = self._stage.db.transaction()
        await inner.start()
        try:
            answer = await ask()
            return answer, await self._neighbour.state()
        finally:
            await inner.rollback()

    def _trouble(
        self, operation: Operation, right: httpx.Response, answer: httpx.Response, wrong: WrongQuery, changed: bool
    ) -> str | None:
        if changed:
            return "the neighbour's rows are changed"
        if shows(answer.text, self._theirs):
            return f"the answer shows the neighbour: {answer.text[:300]}"
        # A query without its tenant finds the same behind the wall. Each answer of a change has new ids and times.
        same = operation.method != "GET" or (answer.status_code, answer.text) == (right.status_code, right.text)
        if wrong.spoilt != wrong.text and not (same and answer.status_code == right.status_code):
            return f"{answer.status_code} {answer.text[:300]}, not {right.status_code} {right.text[:300]}"
        return None

    @contextmanager
    def _listening(self, queries: dict[str, Query]) -> Iterator[None]:
        """Note the queries of requests."""
        real = Query.__call__

        def call(query: Query, **values: Any) -> tuple[Any, ...]:
            if self._stage.in_request:
                queries[query.text] = query
            return real(query, **values)

        with patch.object(Query, "__call__", call):
            yield

    @contextmanager
    def _spoiling(self, wrong: WrongQuery) -> Iterator[None]:
        """Have one query of requests spoilt."""
        real = Query.__call__

        def call(query: Query, **values: Any) -> tuple[Any, ...]:
            if self._stage.in_request and query.text == wrong.text:
                return wrong.call(query, values, self._api.tenant_id, self._theirs)
            return real(query, **values)

        with patch.object(Query, "__call__", call):
            yield
