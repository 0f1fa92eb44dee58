"""Xero's JSON, dates, numbers and stamps. Source: docs/xero.md 3.2."""

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
_MAY_BE_UNSAFE = re.compile(rb"\\u0000|\\ud[89a-f]|\xed[\xa0-\xbf]", re.IGNORECASE)
_UNSAFE = re.compile("[\x00\ud800-\udfff]")
"""Characters that Postgres refuses in a text: NUL, and surrogates, which UTF-8 cannot encode."""


class UnknownValue(ValueError):
    """A value that Xero added to an enumeration."""

    def __init__(self, values: type[StrEnum], value: str) -> None:
        super().__init__(f"{values.__name__} {value!r}")
        self.value = value


def loads(body: bytes) -> Any:
    """JSON with exact decimal numbers, and with texts that Postgres can store.

    Raises ValueError for a body that is cut off, not JSON, or not UTF-8.
    """
    content = json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    return _with_safe_texts(content) if _MAY_BE_UNSAFE.search(body) else content


def postgres_safe(text: str) -> str:
    """A text that Postgres can store: characters that it refuses are replaced by U+FFFD."""
    return _UNSAFE.sub("\ufffd", text)


def dumps(content: Any) -> bytes:
    """JSON with every Decimal as an exact number."""
    return orjson.dumps(content, _dumped)


def instant(text: str) -> dt.datetime:
    """A moment from `/Date(ms+0000)/` or from ISO 8601, where a missing zone is UTC.

    The milliseconds are UTC already; the offset after them must not be added.
    """
    if match := _DATE.match(text):
        return _EPOCH + dt.timedelta(milliseconds=int(match[1]))
    if "T" not in text:
        raise ValueError(f"not a date of Xero: {text!r}")
    moment = dt.datetime.fromisoformat(text)
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    """A calendar date. Xero sends it as midnight UTC, whatever the organisation's time zone."""
    return instant(text).date() if text.startswith("/") else dt.date.fromisoformat(text[:10])


def since(moment: dt.datetime) -> str:
    """A moment for If-Modified-Since, in whole seconds."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: Any) -> Decimal:
    """An amount; an absent one is zero. Raises ValueError, which does not quote the value."""
    return _exact(lambda: Decimal(str(value))) if value is not None else Decimal(0)


def cents(value: Any) -> Decimal:
    """An amount in cents."""
    return _exact(lambda: number(value).quantize(_CENT))


def money(value: Any, currency: str) -> Money:
    """An amount in cents of its currency."""
    return Money(amount=cents(value), currency=currency)


def known(values: type[E], text: str) -> E:
    """A value of one of our enumerations. Raises UnknownValue for any other value: nobody could tell what it means, so
    the record becomes a problem and gets no snapshot (inbound/unreadable.py); other records go on."""
    try:
        return values(text)
    except ValueError:
        raise UnknownValue(values, str(text)) from None


def stamped_id(text: str | None, prefix: str = "") -> UUID | None:
    """Our record's id in a stamp that we set (ContactNumber, Url); None if the stamp is not ours."""
    if not text or not text.startswith(prefix):
        return None
    try:
        return UUID(text.removeprefix(prefix))
    except ValueError:
        return None


def _with_safe_texts(content: Any) -> Any:
    if isinstance(content, dict):
        return {postgres_safe(name): _with_safe_texts(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_with_safe_texts(value) for value in content]
    return postgres_safe(content) if isinstance(content, str) else content


def _exact(make: Callable[[], Decimal]) -> Decimal:
    try:
        return make()
    except InvalidOperation:
        raise ValueError("not a number of Xero") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number in JSON")


def _dumped(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f").encode())
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    raise TypeError(f"{type(value).__name__} cannot be sent to Xero")
