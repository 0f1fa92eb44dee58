"""The points of a gateway: its statements and its calls of Xero. They are written down as they are passed.

A commit is named by the last statement before it. A call of Xero has three points: before it leaves, amid it (Xero does
it, and nobody receives the answer), and after its answer.
"""

import asyncio
import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from asyncpg import Connection

from tieout_testing.faults import KillPoint, KillPoints, named_statements

_STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_LEFT = 0.03
"""Seconds after which a call has surely left: Xero takes longer for a call that is to be killed amid."""


class Points(KillPoints):
    """Counts what the gateway passes."""

    def __init__(self, wanted: KillPoint | None, written: Path) -> None:
        super().__init__(wanted)
        self._written = written
        self._names = named_statements("tieout_kit", "tieout_connector")
        self._last: WeakKeyDictionary[Any, str] = WeakKeyDictionary()

    def instrument(self) -> None:
        """Wrap what the gateway calls."""
        for method in _STATEMENTS:
            self._wrap(method)
        send = httpx.AsyncHTTPTransport.handle_async_request

        @functools.wraps(send)
        async def sending(transport: Any, request: httpx.Request) -> httpx.Response:
            name = f"{request.method} {_IDS.sub('ID', request.url.path.removeprefix('/api.xro/2.0/'))}"
            self._passes(f"before {name}")
            self._passes(f"amid {name}", later=_LEFT)
            answer = await send(transport, request)
            self._passes(f"after {name}")
            return answer

        httpx.AsyncHTTPTransport.handle_async_request = sending  # type: ignore[method-assign,assignment]  # every call passes its points

    def _wrap(self, method: str) -> None:
        call: Callable[..., Any] = getattr(Connection, method)

        @functools.wraps(call)
        async def wrapped(db: Any, query: str, *args: Any, **more: Any) -> Any:
            name = self._named(db, query)
            self._passes(f"before {name}")
            found = await call(db, query, *args, **more)
            # Elsewhere "after" one statement is "before" the next.
            if name.startswith("COMMIT"):
                self._passes(f"after {name}")
            return found

        setattr(Connection, method, wrapped)

    def _named(self, db: Any, query: str) -> str:
        """The name of a statement; without a name, its first words."""
        text = query.strip().rstrip(";")
        name = self._names.get(text) or " ".join(text.split()[:3])
        if name == "COMMIT":
            return f"COMMIT of {self._last.get(db, 'nothing')}"
        if not name.startswith(("BEGIN", "ROLLBACK")):
            self._last[db] = name
        return name

    def _passes(self, name: str, later: float = 0.0) -> None:
        """Count and write down one passage, perhaps the last one."""
        wanted = self.passes(name)
        # Whole, or as it was: somebody else may kill this process too.
        new = self._written.with_suffix(".new")
        new.write_text(json.dumps(self.passed))
        new.replace(self._written)
        if wanted and later:
            asyncio.get_running_loop().call_later(later, self.signal)
        elif wanted:
            self.signal()
