"""Answers, and Xero's bodies for all errors.

Source: docs/xero.md 3.6, 3.7 and behaviours 12-16, 23, 34, 38, 41.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from xero_sim.ids import Ids
from xero_sim.wire import Json, dumps

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

_new_id = Ids()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body, and the headers that belong to this answer alone."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class ErrorNumber(IntEnum):
    """The numbers of ApiException; 16 and 17 are unconfirmed."""

    ValidationException = 10
    PostDataInvalidException = 14
    QueryParseException = 16
    NoDataProcessedException = 17


class Rejected(Exception):
    """The whole request ends here with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body[:200]!r}")
        self.answer = answer


def api_exception(number: ErrorNumber, message: str, elements: list[Json] | None = None) -> Answer:
    """400 in Xero's usual form."""
    form: Json = {"ErrorNumber": int(number), "Type": number.name, "Message": message}
    if elements is not None:
        form["Elements"] = elements
    return Answer(400, dumps(form), JSON)


def validation_exception(elements: list[Json]) -> Answer:
    """Behaviour 34: the failed elements only."""
    return api_exception(ErrorNumber.ValidationException, "A validation exception occurred", elements)


def bad_post_data(message: str) -> Rejected:
    """Behaviour 38: malformed JSON, an unknown enum value, an unreadable date."""
    return Rejected(api_exception(ErrorNumber.PostDataInvalidException, message))


def bad_query(message: str) -> Rejected:
    """Behaviour 30: a `where` or `order` that cannot be read."""
    return Rejected(api_exception(ErrorNumber.QueryParseException, message))


def _problem(status: int, title: str, detail: str) -> Answer:
    form = {"Type": None, "Title": title, "Status": status, "Detail": detail, "Instance": _new_id()}
    return Answer(status, dumps({**form, "Extensions": {}}), JSON)


def token_expired(at: datetime) -> Answer:
    """Behaviour 12."""
    return _problem(401, "Unauthorized", f"TokenExpired: token expired at {at.strftime('%m/%d/%Y %H:%M:%S')}")


def unknown_token() -> Answer:
    """A token that is absent or that we never issued; the detail's text is unconfirmed."""
    return _problem(401, "Unauthorized", "TokenInvalidSignature: could not validate signature")


def scope_missing() -> Answer:
    """Behaviour 13."""
    return _problem(401, "Unauthorized", "AuthorizationUnsuccessful")


def tenant_refused() -> Answer:
    """Behaviour 14."""
    return _problem(403, "Forbidden", "AuthenticationUnsuccessful")


def not_found() -> Answer:
    """Behaviour 23: an HTML page. Also the answer to a query that is too long (behaviour 81)."""
    return Answer(
        404, b"<!DOCTYPE html><html><body>The resource you're looking for cannot be found</body></html>", HTML
    )


def not_implemented() -> Answer:
    """Behaviour 76: the resource exists, but not the method."""
    return Answer(501, b"", None)


def not_acceptable() -> Answer:
    """Behaviour 21: XML was asked for, which the simulator does not have."""
    return Answer(406, b"The simulator answers JSON only: send Accept: application/json.", TEXT)
