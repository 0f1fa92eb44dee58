"""Kills this process (or stops it) at the n-th passage of a named point; which points it passes, it writes down.

The gateway is not touched: the calls it makes of asyncpg and httpx are wrapped. So a new statement is a new point by
itself, named by its file and its `-- name:`; a commit is named by the last statement before it; a call of Xero's has
three points: before it leaves, amid it (Xero does it, nobody hears the answer), and after its answer.
"""

import asyncio
import functools
import json
import os
import re
import signal
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import httpx
from asyncpg import Connection

from tieout_kit.postgres import queries

_STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_LEFT = 0.03
"""Seconds after which a call has surely left: Xero takes longer for a call that is to be killed amid."""


class Points:
    """Counts what is passed. `wanted` None: nothing happens there."""

    def __init__(self, wanted: str | None, passage: int, sign: signal.Signals, told: Path) -> None:
        self.passed: Counter[str] = Counter()
        self._wanted, self._passage, self._sign, self._told = wanted, passage, sign, told
        self._names = _named_queries()
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

        httpx.AsyncHTTPTransport.handle_async_request = sending  # type: ignore[method-assign,assignment]  # wrapped

    def _wrap(self, method: str) -> None:
        call: Callable[..., Any] = getattr(Connection, method)

        @functools.wraps(call)
        async def asked(db: Any, query: str, *args: Any, **more: Any) -> Any:
            name = self._named(db, query)
            self._passes(f"before {name}")
            found = await call(db, query, *args, **more)
            # Elsewhere "after" one statement is "before" the next.
            if name.startswith("COMMIT"):
                self._passes(f"after {name}")
            return found

        setattr(Connection, method, asked)

    def _named(self, db: Any, query: str) -> str:
        """By its name; one that has none, by its first words."""
        text = query.strip().rstrip(";")
        name = self._names.get(text) or " ".join(text.split()[:3])
        if name == "COMMIT":
            return f"COMMIT of {self._last.get(db, 'nothing')}"
        if not name.startswith(("BEGIN", "ROLLBACK")):
            self._last[db] = name
        return name

    def _passes(self, name: str, later: float = 0.0) -> None:
        """We are there: perhaps for the last time."""
        self.passed[name] += 1
        # Whole, or as it was: somebody else may kill us too.
        written = self._told.with_suffix(".new")
        written.write_text(json.dumps(self.passed))
        written.replace(self._told)
        if name == self._wanted and self.passed[name] == self._passage:
            if later:
                asyncio.get_running_loop().call_later(later, self._die)
            else:
                self._die()

    def _die(self) -> None:
        os.kill(os.getpid(), self._sign)


def _named_queries() -> dict[str, str]:
    return {
        text.strip().rstrip(";"): f"{file.name.removesuffix('.sql')}.{name}"
        for package in ("tieout_kit", "tieout_connector")
        for file in files(package).joinpath("sql").iterdir()
        for name, text in queries.load(package, file.name).items()
    }
