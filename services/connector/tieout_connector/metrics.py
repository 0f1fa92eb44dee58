"""Every metric of the connector, declared once. Read at /metrics on the health port, beside the kit's."""

from prometheus_client import Counter, Gauge

CALLS = Counter("tieout_xero_calls", "Calls made to Xero.", ["lane", "outcome"])
REQUEST_BYTES = Counter("tieout_xero_request_bytes", "Bytes of request bodies sent to Xero.", ["lane", "outcome"])
RESPONSE_BYTES = Counter(
    "tieout_xero_response_bytes", "Bytes of response bodies received from Xero, compressed.", ["lane", "outcome"]
)
NOT_FOUND = Counter(
    "tieout_xero_named_not_found", "Records that a webhook named and that Xero did not show within minutes.", ["kind"]
)
WEBHOOK_REQUESTS = Counter(
    "tieout_webhook_requests",
    "Requests to the webhook address, by answer: stored, malformed, not_stored, or why it was refused.",
    ["outcome"],
)
WEBHOOK_EVENTS = Counter(
    "tieout_webhook_events",
    "Events of signed webhooks: published, unknown_category (published, but not read), malformed, not_stored.",
    ["category", "outcome"],
)
WEBHOOK_SIGNATURES = Counter(
    "tieout_webhook_signatures",
    "Webhooks signed with each key; `key` is the start of its SHA-256. An old key that stays at its count can go.",
    ["key"],
)
TOKEN_SETS = Gauge(
    "tieout_token_sets",
    "Stored tokens by the key that encrypts them; `key` is the start of its SHA-256, `none` if no configured key fits. "
    "An old key at 0 can go.",
    ["key"],
)
WEBHOOKS_SILENT = Gauge(
    "tieout_webhooks_silent", "1 while Xero's events of a category stay away although records change.", ["category"]
)
CONNECTIONS = Gauge("tieout_connections", "Tenants, by the state of their connection to Xero.", ["state"])
DAY_LEFT = Gauge(
    "tieout_tenant_day_calls_left", "Calls to Xero that the tenant's organisation has left today.", ["tenant"]
)
DAY_LIMIT = Gauge(
    "tieout_tenant_day_calls_limit", "Calls to Xero that its plan allows the organisation a day.", ["tenant"]
)
OVERDUE = Gauge(
    "tieout_tenant_overdue_seconds",
    "For how long the tenant's next call has been due and no process has begun it.",
    ["tenant"],
)
OLDEST_READ = Gauge(
    "tieout_tenant_read_age_seconds",
    "Since when the list of the tenant that was read longest ago was read.",
    ["tenant"],
)
READS_WAITING = Gauge(
    "tieout_tenant_reads_waiting", "Records that webhooks named and that wait to be read.", ["tenant"]
)
WRITES_WAITING = Gauge("tieout_tenant_writes_waiting", "Intents without a result.", ["tenant"])
OLDEST_WRITE = Gauge(
    "tieout_tenant_write_age_seconds", "Age of the tenant's oldest intent without a result.", ["tenant"]
)
PROBLEMS = Gauge("tieout_tenant_problems", "Open problems of the tenant, of all services.", ["tenant"])
