"""What one caller of an API may send: the defaults of TIEOUT_HTTP_MAX_BODY and TIEOUT_HTTP_RATE."""

MAX_BODY = 2 << 20
"""Bytes of a request's body. A record must fit into one event of Kafka, which takes 1 MB."""
RATE = 6_000
"""Requests a minute."""
