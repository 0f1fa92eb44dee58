"""Xero's dates, numbers and marks. Source: xero-api.md 3.2."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from tieout_schemas.money import Money

_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def instant(text: str) -> dt.datetime:
    """A moment from `/Date(ms+0000)/`. The number is UTC already; the offset is never added."""
    match = _DATE.match(text)
    if not match:
        raise ValueError(f"no date of Xero's: {text!r}")
    return _EPOCH + dt.timedelta(milliseconds=int(match[1]))


def day(text: str) -> dt.date:
    """A calendar date, which Xero sends as midnight UTC whatever the organisation's zone."""
    return instant(text).date() if text.startswith("/") else dt.date.fromisoformat(text[:10])


def since(moment: dt.datetime) -> str:
    """A moment for If-Modified-Since, which knows seconds only."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: Any) -> Decimal:
    """An amount; absent is zero."""
    return Decimal(str(value)) if value is not None else Decimal(0)


def money(value: Any, currency: str) -> Money:
    """An amount in cents of its currency."""
    return Money(amount=number(value).quantize(Decimal("0.01")), currency=currency)


def marked(text: str | None, prefix: str = "") -> UUID | None:
    """Our record's id in a mark that we set (ContactNumber, Url), None if it is not ours."""
    if not text or not text.startswith(prefix):
        return None
    try:
        return UUID(text.removeprefix(prefix))
    except ValueError:
        return None
