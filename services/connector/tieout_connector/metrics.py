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
