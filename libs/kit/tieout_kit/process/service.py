"""Runs one service until SIGTERM: its API, health port, consumer, relay and periodic work."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta

import structlog
from fastapi import FastAPI

from tieout_kit.errors import RetryLater
from tieout_kit.kafka import Consumer, Handlers, Relay, drain
from tieout_kit.postgres import CHECK_INTERVAL, UNAVAILABLE, Database, Schema, terminate_stuck_sessions
from tieout_kit.process.config import ServiceConfig
from tieout_kit.process.gc_tuning import tune_gc
from tieout_kit.process.health import HealthCheck, health_app
from tieout_kit.process.server import Server, serve
from tieout_kit.records import Rechecks, Sweeper
from tieout_kit.telemetry import set_up
from tieout_schemas.topics import replay_topic

DRAIN_INTERVAL = timedelta(seconds=1)

Job = Callable[[], Awaitable[object]]

log = structlog.get_logger(__name__)


async def every(period: timedelta, work: Job) -> None:
    """Do the work periodically until cancelled. If a dependency is unavailable, the work is tried again next time."""
    while True:
        try:
            await work()
        except (RetryLater, *UNAVAILABLE) as error:
            log.warning("periodic work failed", work=getattr(work, "__qualname__", "?"), error=str(error))
        await asyncio.sleep(period.total_seconds())


async def run(
    config: ServiceConfig,
    service: str,
    database: Database,
    app: FastAPI,
    handlers: Handlers,
    rechecks: Rechecks,
    tasks: Iterable[Callable[[], Awaitable[None]]] = (),
    informational: Mapping[str, HealthCheck] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Open transactions are rolled back then, which loses nothing.

    `rechecks`: check held records again, by kind. `tasks`: run until the service ends, beside the consumer and the
    relay; if one of them fails, the service ends with its error. `informational`: health checks of the tasks.
    """
    tune_gc()
    traces = set_up(service, config.otlp_endpoint, config.log_format)
    consumer = Consumer(database, config.kafka, config.kafka_prefix, service, handlers, replay=replay_topic(service))
    schema = Schema(database, ("tieout_kit", f"tieout_{service}"))
    api = Server(app, config.http_host, config.http_port)
    sweeper = Sweeper(database, rechecks)
    relay = Relay(database, config.kafka, config.kafka_prefix, service, config.partitions)

    async def postgres() -> str | None:
        try:
            async with database.transaction() as tx:
                await tx.db.execute("select 1")
        except RetryLater as error:
            return str(error)
        return None

    async def database_schema() -> str | None:
        return schema.unhealthy_because

    async def consuming() -> str | None:
        return consumer.unhealthy_because

    async def relaying() -> str | None:
        return relay.unhealthy_because

    async def draining() -> None:
        await every(DRAIN_INTERVAL, lambda: drain(consumer.batch_handler))

    async def watching() -> None:
        await every(CHECK_INTERVAL, lambda: terminate_stuck_sessions(database))

    async def listening() -> str | None:
        return None if api.started else "not listening yet"

    health = health_app(
        lambda: max(schema.last_progress_at, consumer.last_progress_at),
        {"postgres": postgres, "schema": database_schema, "api": listening},
        {"consuming": consuming, "relay": relaying, **(informational or {})},
    )
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)

    async with asyncio.TaskGroup() as group:
        running = [group.create_task(serve(Server(health, config.http_host, config.health_port)))]

        async def start() -> None:
            await database.open()
            await schema.ready()
            for work in (consumer.run, relay.run, draining, sweeper.run, watching, *tasks):
                running.append(group.create_task(_run(work)))
            running.append(group.create_task(serve(api)))

        running.append(group.create_task(start()))
        await stop.wait()
        log.info("stopping")
        while pending := [task for task in running if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=5)
    await database.close()
    traces.shutdown()


async def _run(work: Job) -> None:
    await work()
