"""If-Modified-Since. Source: docs/xero.md 3.3, behaviour 28."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def modified_since(headers: Mapping[str, str]) -> int | None:
    """The instant in milliseconds, cut to the second; None when absent or unreadable.

    ISO with Z, an offset or none (then UTC), and RFC 1123 are read. The bound itself is included:
    Xero does not say, and a client that overlaps and dedupes cannot tell.
    """
    text = headers.get("if-modified-since")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000
