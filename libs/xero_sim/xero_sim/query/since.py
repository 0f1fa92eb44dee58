"""If-Modified-Since. Source: docs/xero.md 3.3, behaviour 28."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def modified_since(headers: Mapping[str, str]) -> int | None:
    """The time in milliseconds, cut to the second; None if it is absent or cannot be read.

    ISO with Z, with an offset or without (then UTC), and RFC 1123 are read. The bound itself is included. Whether
    it is at Xero is open.
    """
    text = headers.get("if-modified-since")
    if not text:
        return None
    try:
        # pyxero quotes a date that it was given as text.
        moment = datetime.fromisoformat(text.strip().strip('"'))
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000
