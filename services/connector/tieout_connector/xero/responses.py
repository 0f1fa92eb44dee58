"""Classifies Xero's answers: the first rule that matches decides. Source: docs/xero.md 3.7, 2.1, 3.8."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from tieout_connector.xero import wire
from tieout_connector.xero.errors import (
    TOO_MANY,
    AccessRefused,
    ConsentLostReason,
    MalformedRequest,
    NoSuchRecord,
    OutcomeUnknown,
    RefusedRequest,
    RetryAfter,
    TokenExpired,
    XeroError,
)
from tieout_connector.xero.limits import Limits, limits_of
from tieout_connector.xero.redaction import redact
from tieout_connector.xero.refusals import elements_of, refusal_of

_WAITS = {"minute": 60, "day": 3600, "daily": 3600, "concurrent": 1, "appminute": 60}
"""Seconds to wait where Xero names none. By its documentation, it names them for minute and day only."""
_MAX_TEXT = 300
"""Characters of a plain text that are kept."""


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """An answer that is no success, parsed."""

    status: int
    media_type: str
    text: str
    content: dict[str, Any]
    limits: Limits
    sent: Any
    """The JSON that was sent, whose bank details must not be quoted."""
    of_list: bool = False

    @property
    def summary(self) -> str:
        """The text that rules search: the error's number, type, message and detail, or the body if it is not JSON."""
        named = (self.content.get(name) for name in ("Type", "Message", "Detail"))
        number = f"error {self.content.get('ErrorNumber')}"
        return " ".join((number, *(str(name) for name in named if name))) if self.content else self.text


class ResponseRule(NamedTuple):
    """Answers with one of these statuses and a summary that matches the pattern are this error."""

    statuses: range | tuple[int, ...]
    pattern: str
    error: Callable[[ErrorResponse], XeroError]


def classify(
    status: int, headers: Mapping[str, str], body: bytes, sent: bytes | None = None, *, of_list: bool = False
) -> XeroError:
    """The error for an answer. `sent`: the JSON that was sent. `of_list`: a list was asked for, not a record."""
    text = wire.postgres_safe(body.decode("utf-8", "replace"))
    content = _json(body)
    media_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    response = ErrorResponse(
        status, media_type, text, content if isinstance(content, dict) else {}, limits_of(headers), _json(sent or b""),
        of_list,
    )  # fmt: skip
    error = next(
        rule.error(response)
        for rule in RULES
        if status in rule.statuses and re.search(rule.pattern, response.summary, re.IGNORECASE)
    )
    error.limits = response.limits
    return error


def _refused_access(why: ConsentLostReason) -> Callable[[ErrorResponse], XeroError]:
    return lambda _: AccessRefused(why)


def _too_many(response: ErrorResponse) -> XeroError:
    problem, after = response.limits.problem, response.limits.retry_after
    if after is None:
        after = next((wait for name, wait in _WAITS.items() if problem.startswith(name)), _WAITS["minute"])
    return RetryAfter(f"{TOO_MANY} ({problem or 'unnamed'})", timedelta(seconds=max(after, 1)), exact=True)


def _refused(response: ErrorResponse) -> XeroError:
    elements = [
        messages for element in elements_of(response.content) if (messages := refusal_of(element, response.sent))
    ]
    return RefusedRequest(elements or [(_sentence(response),)])


def _missing(response: ErrorResponse) -> XeroError:
    # Xero has every list. It answers so when the query is too long, which says nothing about records (F14).
    return _bug(response) if response.of_list else NoSuchRecord([(_sentence(response),)])


def _bug(response: ErrorResponse) -> XeroError:
    return MalformedRequest(_sentence(response))


def _unknown(response: ErrorResponse) -> XeroError:
    return OutcomeUnknown(f"Xero answered {response.status}", answered=True)


def _sentence(response: ErrorResponse) -> str:
    """The answer in one sentence. No HTML page, and no bank details."""
    message = response.content.get("Message")
    if not message and response.media_type == "text/plain":
        message = response.text[:_MAX_TEXT].strip()
    return redact(str(message or f"{response.status} {_phrase(response.status)}"), response.content, response.sent)


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


RULES = (
    ResponseRule((401,), "TokenExpired", lambda _: TokenExpired("the access token expired")),
    # A page of a firewall before Xero: it tells nothing about the consent (F13).
    ResponseRule((401, 403), r"^\s*<", _unknown),
    # Refreshing never widens a consent: it would loop (trap 10).
    ResponseRule((401,), "AuthorizationUnsuccessful", _refused_access(ConsentLostReason.SCOPE_MISSING)),
    ResponseRule((401,), "", _refused_access(ConsentLostReason.TOKEN_UNKNOWN)),
    ResponseRule((403,), "", _refused_access(ConsentLostReason.NOT_CONNECTED)),
    ResponseRule((429,), "", _too_many),
    # The answer tells nothing about the records: the first request with this key may have created them.
    ResponseRule((400,), "Idempotency Key", _unknown),
    ResponseRule((400,), r"QueryParseException|error 16\b", _bug),
    ResponseRule((400,), r"NoDataProcessedException|error 17\b", _bug),
    ResponseRule((404,), "", _missing),
    # Also PostDataInvalidException (error 14): one bad date makes Xero refuse all 50 records, so they are split.
    ResponseRule((400, 409, 410, 413, 422), "", _refused),
    ResponseRule((408,), "", _unknown),
    ResponseRule(range(400, 500), "", _bug),
    ResponseRule((501,), "", _bug),
    # 5xx, a redirect to a maintenance page, and everything else that is no answer of the API.
    ResponseRule(range(1000), "", _unknown),
)
