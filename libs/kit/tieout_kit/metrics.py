"""Every metric of the kit, with its description. Served at /metrics on the health port."""

from prometheus_client import Counter, Gauge

RECORDS_CONSUMED = Counter("tieout_kafka_records_consumed", "Records handled in a committed transaction.", ["topic"])
DEAD_LETTERS = Counter("tieout_dead_letters", "Records that could not be handled and were stored as dead letters.")
CONFLICTS = Counter("tieout_position_conflicts", "Batches abandoned because another member had moved a position.")
LAG_SECONDS = Gauge(
    "tieout_consumer_lag_seconds",
    "How long the oldest unhandled record may have waited, at most; grows while the consumer is stuck.",
    ["topic"],
)
RECORDS_PUBLISHED = Counter("tieout_outbox_records_published", "Outbox records that Kafka has acknowledged.")
RELAY_LEADS = Gauge(
    "tieout_relay_leads",
    "1 in the process whose relay leads, 0 in those that wait for it; `database` is the service's.",
    ["database"],
)
RELAY_ELECTED = Counter("tieout_relay_elected", "Times this process became the leading relay.")
RELAY_FENCED = Counter(
    "tieout_relay_fenced",
    "Times Kafka fenced this relay: another process had taken over, or its transaction timed out.",
)
RELAY_RESTARTS = Counter("tieout_relay_restarts", "Times this relay started over for any other reason.")
OUTBOX_AGE = Gauge(
    "tieout_outbox_age_seconds", "Age of the oldest unpublished record; 0 in processes that do not lead."
)
PARKED_EVENTS = Counter("tieout_parked_events", "Events held back because their tenant is parked.")
PARKED_TENANTS = Gauge("tieout_parked_tenants", "Tenants that are parked after a burst of dead letters.")
UNHEALTHY = Gauge(
    "tieout_unhealthy", "1 while a component of this process is unhealthy; /readyz shows why.", ["component"]
)
HTTP_REFUSED = Counter(
    "tieout_http_refused",
    "Requests refused unhandled: the caller asked too often (`rate`), or the body was too large (`body`).",
    ["limit"],
)
