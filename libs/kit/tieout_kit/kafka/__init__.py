"""From Kafka to Postgres and back: the consumer, its batches and positions, the outbox and its relay, dead letters."""

from tieout_kit.kafka import outbox, parking
from tieout_kit.kafka.batch import Handler, Handlers
from tieout_kit.kafka.connection import KafkaConnection, KafkaSettings
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.outbox import TooLarge
from tieout_kit.kafka.relay import Relay
from tieout_kit.kafka.topics import create_topics
from tieout_kit.kafka.unparking import drain

__all__ = [
    "Consumer",
    "Handler",
    "Handlers",
    "KafkaConnection",
    "KafkaSettings",
    "Relay",
    "TooLarge",
    "create_topics",
    "drain",
    "outbox",
    "parking",
]
