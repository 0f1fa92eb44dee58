"""Every metric, once, with its sentence. Read at /metrics on the health port."""

from prometheus_client import Counter, Gauge

CONSUMED = Counter("tieout_consumed_records", "Records handled, their transaction committed.", ["topic"])
DEAD_LETTERS = Counter(
    "tieout_dead_letters", "Records that could not be handled, put aside with the reason.", ["service"]
)
CONFLICTS = Counter("tieout_position_conflicts", "Batches given up because another member had moved the position.")
LAG_SECONDS = Gauge(
    "tieout_lag_seconds",
    "How long the oldest record not handled yet may have waited, at most; grows while stuck.",
    ["topic"],
)
RELAYED = Counter("tieout_relayed_records", "Outbox rows that Kafka has.")
RELAY_ELECTED = Counter("tieout_relay_elected", "Times this process became the relay.")
RELAY_FENCED = Counter(
    "tieout_relay_fenced",
    "Times Kafka fenced this relay: another had taken over, or it was too slow for its transaction.",
)
RELAY_FAILED = Counter("tieout_relay_failed", "Times this relay started over for any other reason.")
OUTBOX_AGE = Gauge(
    "tieout_outbox_age_seconds", "Age of the oldest row that Kafka does not have; 0 where another process is the relay."
)
PARKED_EVENTS = Counter("tieout_parked_events", "Events that wait because their tenant is parked.")
PARKED_TENANTS = Gauge("tieout_parked_tenants", "Tenants whose events wait after a burst of dead letters.")
TROUBLE = Gauge("tieout_trouble", "1 while a part of this process is in trouble; /readyz says which.", ["part"])
