"""An answer to a call, and the bodies of all of Xero's errors.

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
    """Status, body, and the headers that only this answer has."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


class ErrorNumber(IntEnum):
    """The error numbers of an ApiException; 16 and 17 are unconfirmed."""

    ValidationException = 10
    PostDataInvalidException = 14
    QueryParseException = 16
    NoDataProcessedException = 17


class Rejected(Exception):
    """Ends the whole request with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.body[:200]!r}")
        self.answer = answer


def api_exception(number: ErrorNumber, message: str, elements: list[Json] | None = None) -> Answer:
    """A 400 in Xero's usual form."""
    form: Json = {"ErrorNumber": int(number), "Type": number.name, "Message": message}
    if elements is not None:
        form["Elements"] = elements
    return Answer(400, dumps(form), JSON)


def validation_exception(elements: list[Json]) -> Answer:
    """The 400 for refused elements; it lists only these (behaviour 34)."""
    return api_exception(ErrorNumber.ValidationException, "A validation exception occurred", elements)


def bad_post_data(message: str) -> Rejected:
    """The 400 for malformed JSON, an unknown enum value or an unreadable date (behaviour 38)."""
    return Rejected(api_exception(ErrorNumber.PostDataInvalidException, message))


def bad_query(message: str) -> Rejected:
    """The 400 for a `where` or `order` that cannot be read (behaviour 30)."""
    return Rejected(api_exception(ErrorNumber.QueryParseException, message))


def _problem(status: int, title: str, detail: str) -> Answer:
    form = {"Type": None, "Title": title, "Status": status, "Detail": detail, "Instance": _new_id()}
    return Answer(status, dumps({**form, "Extensions": {}}), JSON)


def token_expired(at: datetime) -> Answer:
    """The 401 for a token that expired at this time (behaviour 12)."""
    return _problem(401, "Unauthorized", f"TokenExpired: token expired at {at.strftime('%m/%d/%Y %H:%M:%S')}")


def unknown_token() -> Answer:
    """The 401 for a missing token or one that was never issued. The text of `Detail` is unconfirmed."""
    return _problem(401, "Unauthorized", "TokenInvalidSignature: could not validate signature")


def scope_missing() -> Answer:
    """The 401 for a token without the scope of the call (behaviour 13)."""
    return _problem(401, "Unauthorized", "AuthorizationUnsuccessful")


def tenant_refused() -> Answer:
    """The 403 for a tenant that is not connected (behaviour 14)."""
    return _problem(403, "Forbidden", "AuthenticationUnsuccessful")


def not_found() -> Answer:
    """The 404, an HTML page (behaviour 23). A query that is too long gets it too (behaviour 81)."""
    return Answer(
        404, b"<!DOCTYPE html><html><body>The resource you're looking for cannot be found</body></html>", HTML
    )


def not_implemented() -> Answer:
    """The 501 for a method that the resource does not have (behaviour 76)."""
    return Answer(501, b"", None)


def not_acceptable() -> Answer:
    """The 406 for a request for XML, which the simulator does not produce (behaviour 21)."""
    return Answer(406, b"The simulator answers JSON only: send Accept: application/json.", TEXT)
