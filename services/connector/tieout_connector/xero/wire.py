"""Xero's JSON, dates, numbers and marks. Source: xero-api.md 3.2."""

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import orjson
from pydantic import SecretStr

from tieout_schemas.money import Money

E = TypeVar("E", bound=StrEnum)
_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_CENT = Decimal("0.01")
_MAY_BE_UNSTORABLE = re.compile(rb"\\u0000|\\ud[89a-f]|\xed[\xa0-\xbf]", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What Postgres takes in no text: NUL, and halves of a character, which no UTF-8 can hold."""


class UnknownValue(ValueError):
    """A value that Xero added to one of its lists."""


def loads(body: bytes) -> Any:
    """JSON with numbers as they are written: 0.1 of a cent lost here is a bill that does not tie out. Its texts are
    storable.

    Raises ValueError for what is cut off, no JSON, or not UTF-8.
    """
    content = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    return _storable(content) if _MAY_BE_UNSTORABLE.search(body) else content


def storable(text: str) -> str:
    """A text as Postgres takes it: what it cannot hold is a replacement character."""
    return _UNSTORABLE.sub("\ufffd", text)


def dumps(content: Any) -> bytes:
    """JSON with every Decimal as the number it is, digit by digit."""
    return orjson.dumps(content, _dumped)


def instant(text: str) -> dt.datetime:
    """A moment from `/Date(ms+0000)/`, or from ISO 8601, without a zone in UTC.

    The number is UTC already; the offset behind it is never added.
    """
    if match := _DATE.match(text):
        return _EPOCH + dt.timedelta(milliseconds=int(match[1]))
    if "T" not in text:
        raise ValueError(f"no date of Xero's: {text!r}")
    moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    """A calendar date, which Xero sends as midnight UTC whatever the organisation's zone."""
    return instant(text).date() if text.startswith("/") else dt.date.fromisoformat(text[:10])


def since(moment: dt.datetime) -> str:
    """A moment for If-Modified-Since, which knows seconds only."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: Any) -> Decimal:
    """An amount; absent is zero. Raises ValueError, which does not quote it."""
    return _exact(lambda: Decimal(str(value))) if value is not None else Decimal(0)


def cents(value: Any) -> Decimal:
    """An amount in cents."""
    return _exact(lambda: number(value).quantize(_CENT))


def money(value: Any, currency: str) -> Money:
    """An amount in cents of its currency."""
    return Money(amount=cents(value), currency=currency)


def known(values: type[E], text: str) -> E:
    """A value of a list that is closed on our side. Raises UnknownValue: such a record is not told of, but logged as
    an error (kinds/record.py), since nobody could say what it means; the others go on."""
    try:
        return values(text)
    except ValueError:
        raise UnknownValue(f"{values.__name__} {text!r}") from None


def marked(text: str | None, prefix: str = "") -> UUID | None:
    """Our record's id in a mark that we set (ContactNumber, Url), None if it is not ours."""
    if not text or not text.startswith(prefix):
        return None
    try:
        return UUID(text.removeprefix(prefix))
    except ValueError:
        return None


def _storable(content: Any) -> Any:
    if isinstance(content, dict):
        return {storable(name): _storable(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_storable(value) for value in content]
    return storable(content) if isinstance(content, str) else content


def _exact(make: Callable[[], Decimal]) -> Decimal:
    try:
        return make()
    except InvalidOperation:
        raise ValueError("no number of Xero's") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON's")


def _dumped(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f").encode())
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    raise TypeError(f"{type(value).__name__} is not for Xero")
