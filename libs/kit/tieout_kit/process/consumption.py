"""What consumes events and publishes what follows: consumer, relay, and the periodic work beside them."""

from datetime import timedelta

from tieout_kit.kafka import Consumer, Handlers, Relay, drain
from tieout_kit.postgres import Database
from tieout_kit.process.config import ServiceConfig
from tieout_kit.process.every import every
from tieout_kit.process.health import HealthCheck
from tieout_kit.records import Rechecks, Sweeper
from tieout_schemas.topics import replay_topic

DRAIN_INTERVAL = timedelta(seconds=1)


class Consumption:
    """The consuming side of one service."""

    def __init__(
        self, config: ServiceConfig, service: str, database: Database, handlers: Handlers, rechecks: Rechecks
    ) -> None:
        kafka, prefix = config.kafka_connection, config.kafka_prefix
        self._consumer = Consumer(database, kafka, prefix, service, handlers, replay=replay_topic(service))
        self._relay = Relay(database, kafka, prefix, service, config.partitions)
        self._sweeper = Sweeper(database, rechecks)
        self.tasks = (self._consumer.run, self._relay.run, self._drain, self._sweeper.run)

    @property
    def last_progress_at(self) -> float:
        """When the consumer's loop turned last, in seconds of the monotonic clock."""
        return self._consumer.last_progress_at

    @property
    def checks(self) -> dict[str, HealthCheck]:
        """Why nothing is consumed or published, if so."""

        async def consuming() -> str | None:
            return self._consumer.unhealthy_because

        async def relaying() -> str | None:
            return self._relay.unhealthy_because

        return {"consuming": consuming, "relay": relaying}

    async def _drain(self) -> None:
        await every(DRAIN_INTERVAL, lambda: drain(self._consumer.batch_handler))
