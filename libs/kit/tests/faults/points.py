"""The points of a service: its statements, and its calls of Kafka, each named with the part that makes it."""

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from asyncpg import Connection

from tieout_testing.faults import KillPoint, KillPoints, named_statements

PART: ContextVar[str] = ContextVar("part", default="library")
"""Which part of the service we are in; the tasks that it starts are part of it."""
_STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
_PRODUCER = ("start", "begin_transaction", "commit_transaction")
_CONSUMER = ("start", "getmany", "seek", "commit")
# Elsewhere "after" one statement is "before" the next.
_AFTER = ("COMMIT", "outbox.delete", "commit_transaction", "getmany", "producer.start")


class Points(KillPoints):
    """Counts what the service passes."""

    def __init__(self, wanted: KillPoint | None) -> None:
        super().__init__(wanted)
        self._names = named_statements("tieout_kit")

    def passes_part(self, what: str) -> None:
        """Count one passage by this part of the service, perhaps the last one."""
        if self.passes(f"{PART.get()}: {what}"):
            self.signal()

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
        if self.wanted and "prepare" in self.wanted.point:
            # Between preparing and running, where asyncpg leaves Postgres waiting; elsewhere as good as "before".
            self._wrap(Connection, "_get_statement", lambda args: f"prepare {self._statement(str(args[1]))}")
        for method in _CONSUMER:
            self._wrap(AIOKafkaConsumer, method, functools.partial(_fixed, f"consumer.{method}"))

    def _wrap(self, owner: Any, method: str, named: Callable[[tuple[Any, ...]], str]) -> None:
        call: Callable[..., Any] = getattr(owner, method)

        @functools.wraps(call)
        def at_once(*args: Any, **more: Any) -> Any:
            self.passes_part(f"before {named(args)}")
            return call(*args, **more)

        @functools.wraps(call)
        async def in_time(*args: Any, **more: Any) -> Any:
            name = named(args)
            self.passes_part(f"before {name}")
            answer: Awaitable[Any] = call(*args, **more)
            found = await answer
            if name.endswith(_AFTER) or name.startswith("prepare"):
                self.passes_part(f"after {name}")
            return found

        setattr(owner, method, in_time if asyncio.iscoroutinefunction(call) else at_once)

    def _statement(self, text: str) -> str:
        """The name of a statement; without a name, its first words."""
        words = text.strip().rstrip(";").split()
        return self._names.get(text.strip().rstrip(";"), " ".join(words[:4]))


def _fixed(name: str, _: tuple[Any, ...]) -> str:
    return name
