"""What each of Xero's answers means: the first row that fits decides. Source: xero-api.md 3.7, 2.1, 3.8."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from tieout_connector.xero import wire
from tieout_connector.xero.errors import (
    Again,
    ConsentLost,
    Lost,
    OurBug,
    RefusedRequest,
    TokenExpired,
    Unknown,
    XeroError,
)
from tieout_connector.xero.limits import Limits, limits_of
from tieout_connector.xero.redaction import hide
from tieout_connector.xero.refusals import elements_of, refusal_of

_WAITS = {"minute": 60, "day": 3600, "daily": 3600, "concurrent": 1, "appminute": 60}
"""Seconds to wait where Xero names none; it is documented to name them for minute and day only."""
TOO_MANY = "too many calls"
"""What a 429 is called, wherever it is told: Xero itself asks to wait, and nobody here can make it shorter."""
_LONGEST = 300
"""Characters of a plain text that are kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that is no success, read once."""

    status: int
    media_type: str
    text: str
    content: dict[str, Any]
    limits: Limits
    sent: Any
    """The JSON it answers, for what must not be quoted of it."""

    @property
    def words(self) -> str:
        """What the rows look into: the error's number, type, message and detail, or its text if it is no JSON."""
        named = (self.content.get(name) for name in ("Type", "Message", "Detail"))
        number = f"error {self.content.get('ErrorNumber')}"
        return " ".join((number, *(str(name) for name in named if name))) if self.content else self.text


class Row(NamedTuple):
    """Answers of these statuses whose words hold this pattern."""

    statuses: range | tuple[int, ...]
    says: str
    verdict: Callable[[Said], XeroError]


def judge(status: int, headers: Mapping[str, str], body: bytes, sent: bytes | None = None) -> XeroError:
    """The error that an answer is; `sent` is the JSON that was sent."""
    text = wire.storable(body.decode("utf-8", "replace"))
    content = _json(body)
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    said = Said(
        status, media_type, text, content if isinstance(content, dict) else {}, limits_of(headers), _json(sent or b"")
    )
    error = next(
        row.verdict(said) for row in ROWS if status in row.statuses and re.search(row.says, said.words, re.IGNORECASE)
    )
    error.limits = said.limits
    return error


def _lost(why: Lost) -> Callable[[Said], XeroError]:
    return lambda _: ConsentLost(why)


def _too_many(said: Said) -> XeroError:
    problem, after = said.limits.problem, said.limits.retry_after
    if after is None:
        after = next((wait for name, wait in _WAITS.items() if problem.startswith(name)), _WAITS["minute"])
    return Again(f"{TOO_MANY} ({problem or 'unnamed'})", timedelta(seconds=max(after, 1)), exact=True)


def _refused(said: Said) -> XeroError:
    elements = [words for element in elements_of(said.content) if (words := refusal_of(element, said.sent))]
    return RefusedRequest(elements or [(_sentence(said),)])


def _bug(said: Said) -> XeroError:
    return OurBug(_sentence(said))


def _unknown(said: Said) -> XeroError:
    return Unknown(f"Xero answered {said.status}", answered=True)


def _sentence(said: Said) -> str:
    """What it says in one sentence. Not a page of HTML, and nothing that may hold what we sent in secret."""
    message = said.content.get("Message")
    if not message and said.media_type == "text/plain":
        message = said.text[:_LONGEST].strip()
    return hide(str(message or f"{said.status} {_phrase(said.status)}"), said.content, said.sent)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "of no known meaning"


def _json(body: bytes) -> Any:
    try:
        return wire.loads(body)
    except ValueError:
        return None


ROWS = (
    Row((401,), "TokenExpired", lambda _: TokenExpired("the access token expired")),
    # Refreshing never widens a consent: it would loop (trap 10).
    Row((401,), "AuthorizationUnsuccessful", _lost(Lost.SCOPE_MISSING)),
    Row((401,), "", _lost(Lost.TOKEN_UNKNOWN)),
    Row((403,), "", _lost(Lost.NOT_CONNECTED)),
    Row((429,), "", _too_many),
    # It says nothing of the records: what the key was used for first may have made them.
    Row((400,), "Idempotency Key", _unknown),
    Row((400,), r"QueryParseException|error 16\b", _bug),
    Row((400,), r"NoDataProcessedException|error 17\b", _bug),
    # Also PostDataInvalidException (error 14): one bad date refuses all 50, so they are split and it is found.
    Row((400, 404, 409, 410, 413, 422), "", _refused),
    Row((408,), "", _unknown),
    Row(range(400, 500), "", _bug),
    Row((501,), "", _bug),
    # 5xx, a redirect to a page about maintenance, and what else is no answer of the API.
    Row(range(1000), "", _unknown),
)
