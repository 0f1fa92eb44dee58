"""Kills this process (or stops it) at the n-th passage of a named point, or writes down which points it passes.

The kit is not touched: the calls it makes of asyncpg and aiokafka are wrapped. So a new statement is a new point by
itself, named by its file and its `-- name:`.
"""

import asyncio
import functools
import json
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from asyncpg import Connection

from tieout_kit.postgres import queries

PART: ContextVar[str] = ContextVar("part", default="library")
"""Which part of the service we are in; the tasks that it starts are part of it."""
_STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
_PRODUCER = ("start", "begin_transaction", "commit_transaction")
_CONSUMER = ("start", "getmany", "seek", "commit")
# Elsewhere "after" one statement is "before" the next.
_AFTER = ("COMMIT", "outbox.delete", "commit_transaction", "getmany", "producer.start")


class Points:
    """Counts what is passed. `wanted` None: only counts."""

    def __init__(self, wanted: str | None, passage: int, sign: signal.Signals = signal.SIGKILL) -> None:
        self.passed: Counter[str] = Counter()
        self._wanted = wanted
        self._passage = passage
        self._sign = sign
        self._names = dict(_named_queries())

    def passes(self, what: str) -> None:
        """We are there: perhaps for the last time."""
        name = f"{PART.get()}: {what}"
        self.passed[name] += 1
        if name == self._wanted and self.passed[name] == self._passage:
            os.kill(os.getpid(), self._sign)

    def tell(self, path: Path) -> None:
        """Write down what was passed, and how often."""
        path.write_text(json.dumps(self.passed))

    def instrument(self) -> None:
        """Wrap what the kit calls."""
        for method in _STATEMENTS:
            self._wrap(Connection, method, lambda args: self._statement(str(args[1])))
        for method in _PRODUCER:
            self._wrap(AIOKafkaProducer, method, functools.partial(_fixed, f"producer.{method}"))
        self._wrap(AIOKafkaProducer, "send_batch", lambda args: f"producer.send {'.'.join(args[2].split('.')[-3:])}")
        if self._wanted and "prepare" in self._wanted:
            # Between preparing and running, where asyncpg leaves Postgres waiting; elsewhere as good as "before".
            self._wrap(Connection, "_get_statement", lambda args: f"prepare {self._statement(str(args[1]))}")
        for method in _CONSUMER:
            self._wrap(AIOKafkaConsumer, method, functools.partial(_fixed, f"consumer.{method}"))

    def _wrap(self, owner: Any, method: str, named: Callable[[tuple[Any, ...]], str]) -> None:
        call: Callable[..., Any] = getattr(owner, method)

        @functools.wraps(call)
        def at_once(*args: Any, **more: Any) -> Any:
            self.passes(f"before {named(args)}")
            return call(*args, **more)

        @functools.wraps(call)
        async def in_time(*args: Any, **more: Any) -> Any:
            name = named(args)
            self.passes(f"before {name}")
            answer: Awaitable[Any] = call(*args, **more)
            found = await answer
            if name.endswith(_AFTER) or name.startswith("prepare"):
                self.passes(f"after {name}")
            return found

        setattr(owner, method, in_time if asyncio.iscoroutinefunction(call) else at_once)

    def _statement(self, text: str) -> str:
        """By its name; one that has none, by its first words."""
        words = text.strip().rstrip(";").split()
        return self._names.get(text.strip(), " ".join(words[:4]))


def _fixed(name: str, _: tuple[Any, ...]) -> str:
    return name


def _named_queries() -> list[tuple[str, str]]:
    folder = files("tieout_kit").joinpath("sql")
    return [
        (text, f"{file.name.removesuffix('.sql')}.{name}")
        for file in folder.iterdir()
        for name, text in queries.load("tieout_kit", file.name).items()
    ]
