"""If-Modified-Since. Source: docs/xero.md 3.3, behaviour 28."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def modified_since(headers: Mapping[str, str]) -> int | None:
    """The time in milliseconds, cut to the second; None if it is absent or cannot be read.

    It reads RFC 1123, and ISO with Z, with an offset, or without one (then UTC). A record changed at exactly this time
    is included; whether Xero includes it is unconfirmed.
    """
    text = headers.get("if-modified-since")
    if not text:
        return None
    try:
        # pyxero puts quotes around a date that its caller passes as text.
        moment = datetime.fromisoformat(text.strip().strip('"'))
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000
