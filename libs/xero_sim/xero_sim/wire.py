"""How Xero writes dates, money and JSON. Source: docs/xero.md 3.2."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

Json = dict[str, Any]

_EPOCH = date(1970, 1, 1)
_MS_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_LEADING_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?:$|T)")


def date_ms(day: date) -> int:
    """UTC midnight of a calendar date, in milliseconds."""
    return (day - _EPOCH).days * 86_400_000


def ms_form(ms: int) -> str:
    """`/Date(1789378193493+0000)/`: the form of UpdatedDateUTC and of business dates."""
    return f"/Date({ms}+0000)/"


def date_form(day: date) -> str:
    """A business date as Xero sends it: UTC midnight in milliseconds."""
    return ms_form(date_ms(day))


def date_string(day: date) -> str:
    """`2026-09-14T00:00:00`, the form of DateString and DueDateString."""
    return f"{day.isoformat()}T00:00:00"


def utc_string(ms: int) -> str:
    """`2026-09-14T09:29:59Z`: the same instant as UpdatedDateUTC, cut to seconds (behaviour 22)."""
    return f"{instant(ms).strftime('%Y-%m-%dT%H:%M:%S')}Z"


def instant(ms: int) -> datetime:
    """Milliseconds since 1970 as an aware UTC time, exact to the millisecond."""
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)


def parse_date(sent: object) -> date:
    """A calendar date in any form that a client may send. A time with an offset is moved to UTC first (trap 13).

    Raises ValueError if it is no date.
    """
    if not isinstance(sent, str):
        raise ValueError(f"not a date: {sent!r}")
    if found := _MS_DATE.match(sent):
        return instant(int(found[1])).date()
    if not _LEADING_DATE.match(sent):
        raise ValueError(f"not a date: {sent!r}")
    moment = datetime.fromisoformat(sent)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def _plain(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        # Money keeps its two digits on the wire: 115.00, not 115.0.
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"no JSON form for {type(value).__name__}")


def dumps(value: object) -> bytes:
    """JSON bytes. Decimals keep their digits, and an `orjson.Fragment` is inserted as it is."""
    return orjson.dumps(value, default=_plain)


def without_none(form: Mapping[str, Any]) -> Json:
    """The form without its empty fields: Xero leaves out most of them and does not send null."""
    return {key: value for key, value in form.items() if value is not None}
