"""Every metric of the connector, once, with its sentence. Read at /metrics on the health port, beside the kit's."""

from prometheus_client import Counter

CALLS = Counter("tieout_xero_calls", "Calls made to Xero.", ["lane", "outcome"])
SENT = Counter("tieout_xero_sent_bytes", "Bytes of the bodies sent to Xero.", ["lane", "outcome"])
RECEIVED = Counter(
    "tieout_xero_received_bytes", "Bytes of the bodies that came from Xero, as they came.", ["lane", "outcome"]
)
