"""Xero's limits, as an answer's headers show them. Source: docs/xero.md 2.1."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls left, each None if the header is missing; for a 429 the `problem` and `retry_after` in seconds."""

    day: int | None = None
    minute: int | None = None
    app_minute: int | None = None
    retry_after: int | None = None
    problem: str = ""
    """minute, day, concurrent or appminute, in lower case."""


def limits_of(headers: Mapping[str, str]) -> Limits:
    """The limits in an answer's headers. Header names are not case-sensitive."""
    return Limits(
        day=_number(headers, "X-DayLimit-Remaining"),
        minute=_number(headers, "X-MinLimit-Remaining"),
        app_minute=_number(headers, "X-AppMinLimit-Remaining"),
        retry_after=_number(headers, "Retry-After"),
        problem=headers.get("X-Rate-Limit-Problem", "").lower(),
    )


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None
