"""Every metric, once, with its sentence. Read at /metrics on the health port."""

from prometheus_client import Counter, Gauge

RECORDS_CONSUMED = Counter("tieout_kafka_records_consumed", "Records handled, their transaction committed.", ["topic"])
DEAD_LETTERS = Counter(
    "tieout_dead_letters", "Records that could not be handled, put aside with the reason.", ["service"]
)
CONFLICTS = Counter("tieout_position_conflicts", "Batches given up because another member had moved the position.")
LAG_SECONDS = Gauge(
    "tieout_consumer_lag_seconds",
    "How long the oldest record not handled yet may have waited, at most; grows while stuck.",
    ["topic"],
)
RECORDS_PUBLISHED = Counter("tieout_outbox_records_published", "Outbox rows that Kafka has.")
RELAY_ELECTED = Counter("tieout_relay_elected", "Times this process became the relay.")
RELAY_FENCED = Counter(
    "tieout_relay_fenced",
    "Times Kafka fenced this relay: another had taken over, or it was too slow for its transaction.",
)
RELAY_RESTARTS = Counter("tieout_relay_restarts", "Times this relay started over for any other reason.")
OUTBOX_AGE = Gauge(
    "tieout_outbox_age_seconds", "Age of the oldest row that Kafka does not have; 0 where another process is the relay."
)
PARKED_EVENTS = Counter("tieout_parked_events", "Events that wait because their tenant is parked.")
PARKED_TENANTS = Gauge("tieout_parked_tenants", "Tenants whose events wait after a burst of dead letters.")
UNHEALTHY = Gauge(
    "tieout_unhealthy", "1 while a part of this process is in trouble; /readyz says which.", ["component"]
)
