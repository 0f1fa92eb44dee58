"""Runs one service: its API, its health port, its loop, its relay and its periodic work, until SIGTERM."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import timedelta

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette

from tieout_kit.errors import RetryLater
from tieout_kit.kafka import Handlers, Loop, Relay, drain
from tieout_kit.postgres import AWAY, LOOK_EVERY, Database, Schema, end_silent
from tieout_kit.process.config import Settings
from tieout_kit.process.gc_tuning import look_seldom
from tieout_kit.process.health import Trouble, health_app
from tieout_kit.records import Rechecks, Sweeper
from tieout_kit.telemetry import set_up
from tieout_schemas.topics import replay_topic

DRAIN_EVERY = timedelta(seconds=1)

Work = Callable[[], Awaitable[object]]

log = structlog.get_logger(__name__)


async def every(period: timedelta, work: Work) -> None:
    """Do the work now and then, for good; when a dependency is away, the next time."""
    while True:
        try:
            await work()
        except (RetryLater, *AWAY) as error:
            log.warning("periodic work failed", work=getattr(work, "__qualname__", "?"), error=str(error))
        await asyncio.sleep(period.total_seconds())


async def run(
    settings: Settings,
    service: str,
    database: Database,
    app: FastAPI,
    handlers: Handlers,
    rechecks: Rechecks,
    tasks: Iterable[Callable[[], Awaitable[None]]] = (),
    told: Mapping[str, Trouble] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; what is in the middle of a transaction abandons it, which loses nothing.

    `rechecks` check again what was held, by record kind. `tasks` run for good beside the loop and the relay; if one of
    them fails, the service ends and says so. `told`: how they are, beside the loop and the relay.
    """
    look_seldom()
    traces = set_up(service, settings.otlp_endpoint, settings.log_format)
    loop = Loop(database, settings.kafka, settings.kafka_prefix, service, handlers, replay=replay_topic(service))
    schema = Schema(database, ("tieout_kit", f"tieout_{service}"))
    api = _Server(app, settings.http_host, settings.http_port)
    sweeper = Sweeper(database, rechecks)
    relay = Relay(database, settings.kafka, settings.kafka_prefix, service, settings.partitions)

    async def postgres() -> str | None:
        try:
            async with database.transaction() as tx:
                await tx.db.execute("select 1")
        except RetryLater as error:
            return str(error)
        return None

    async def database_schema() -> str | None:
        return schema.trouble

    async def consuming() -> str | None:
        return loop.trouble

    async def relaying() -> str | None:
        return relay.trouble

    async def draining() -> None:
        await every(DRAIN_EVERY, lambda: drain(loop.batches))

    async def watching() -> None:
        await every(LOOK_EVERY, lambda: end_silent(database))

    async def listening() -> str | None:
        return None if api.started else "not listening yet"

    health = health_app(
        lambda: max(schema.turned_at, loop.turned_at),
        {"postgres": postgres, "schema": database_schema, "api": listening},
        {"consuming": consuming, "relay": relaying, **(told or {})},
    )
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)

    async with asyncio.TaskGroup() as group:
        running = [group.create_task(_serve(_Server(health, settings.http_host, settings.health_port)))]

        async def start() -> None:
            await database.open()
            await schema.ready()
            for work in (loop.run, relay.run, draining, sweeper.run, watching, *tasks):
                running.append(group.create_task(_run(work)))
            running.append(group.create_task(_serve(api)))

        running.append(group.create_task(start()))
        await stop.wait()
        log.info("stopping")
        while pending := [task for task in running if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=5)
    await database.close()
    traces.shutdown()


async def _run(work: Work) -> None:
    await work()


class _Server(uvicorn.Server):
    """Ends when its task is cancelled: we stop everything in order; by a signal of its own it would end only itself."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=3,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(server: uvicorn.Server) -> None:
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
