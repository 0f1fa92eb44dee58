"""Runs one service until SIGTERM: its health port, its API, what consumes events, and periodic work."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping

import structlog
from fastapi import FastAPI

from tieout_kit.errors import RetryLater
from tieout_kit.postgres import CHECK_INTERVAL, Database, Schema, terminate_stuck_sessions
from tieout_kit.process.config import ServiceConfig
from tieout_kit.process.consumption import Consumption
from tieout_kit.process.every import Job, every
from tieout_kit.process.gc_tuning import tune_gc
from tieout_kit.process.health import HealthCheck, health_app
from tieout_kit.process.server import Server, serve
from tieout_kit.telemetry import set_up

STOPS_WITHIN_S = 10
"""Seconds in which a service ends after SIGTERM, whatever is away. Who kills it later must wait longer."""

log = structlog.get_logger(__name__)


async def run(
    config: ServiceConfig,
    service: str,
    database: Database,
    app: FastAPI | None,
    consumption: Consumption | None,
    tasks: Iterable[Callable[[], Awaitable[None]]] = (),
    informational: Mapping[str, HealthCheck] | None = None,
    *,
    api_database: Database,
    before_serving: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. Open transactions are rolled back then, which loses nothing.

    `app`, `consumption`: None where another process of this service has that part. `tasks`: run until the service
    ends, beside the consumer and the relay; if one of them fails, the service ends with its error. `informational`:
    health checks of the tasks. `api_database`: the database as the API uses it. `before_serving`: awaited
    before the API listens, when the tasks run already.
    """
    tune_gc()
    traces = set_up(service, config.otlp_endpoint, config.log_format, config.trace_sample)
    databases = (database, api_database) if app else (database,)
    schema = Schema(database, ("tieout_kit", f"tieout_{service}"), api_database if app else None)
    api = Server(app, config.http_host, config.http_port, config.http_proxies) if app else None

    async def postgres() -> str | None:
        try:
            for each in databases:
                async with each.transaction() as tx:
                    await tx.db.execute("select 1")
        except RetryLater as error:
            return str(error)
        return None

    async def database_schema() -> str | None:
        return schema.unhealthy_because

    required = {"postgres": postgres, "schema": database_schema}
    if api:

        async def listening() -> str | None:
            return None if api.started else "not listening yet"

        required["api"] = listening

    def last_progress_at() -> float:
        # A process that consumes nothing lives as long as it answers this.
        return max(schema.last_progress_at, consumption.last_progress_at) if consumption else time.monotonic()

    consuming = consumption.checks if consumption else {}
    health = health_app(last_progress_at, required, {**consuming, **(informational or {})})
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)

    async with asyncio.TaskGroup() as group:
        serving: list[asyncio.Task[None]] = []
        running = [group.create_task(serve(Server(health, config.http_host, config.health_port)))]

        async def start() -> None:
            for each in databases:
                await each.open()
            await schema.ready()
            for each in databases:
                running.append(group.create_task(_watch(each)))
            for work in (*(consumption.tasks if consumption else ()), *tasks):
                running.append(group.create_task(_run(work)))
            if api:
                if before_serving:
                    await before_serving()
                serving.append(group.create_task(serve(api)))

        running.append(starting := group.create_task(start()))
        await stop.wait()
        log.info("stopping")
        starting.cancel()
        # The API ends first: the requests that it still answers need the tasks.
        for task in serving:
            task.cancel()
            await asyncio.wait([task], timeout=5)
        running += serving
        while pending := [task for task in running if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=5)
    for each in databases:
        await each.close()
    traces.shutdown()


async def _watch(database: Database) -> None:
    # A login may end its own sessions only.
    await every(CHECK_INTERVAL, lambda: terminate_stuck_sessions(database))


async def _run(work: Job) -> None:
    await work()
