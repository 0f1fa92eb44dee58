"""The refusals in a service's OpenAPI document: derived from what each route declares, so that no route lists them.

Every refusal is a problem detail (RFC 9457). Its status follows from

    allow(…)                401, 403, and 503 while the keys or the database are unavailable
    an id in the path       404
    a parameter or a body   422
    a body                  400, 413
    each route              429
    refusals(Clash, …)      the statuses of the errors that this route alone raises
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from tieout_kit.errors import Refused, RetryLater
from tieout_kit.http.access import Operation, operations
from tieout_kit.http.problem_response import MEDIA_TYPE

_MODELS = "#/components/schemas/"


class InvalidField(BaseModel):
    """A field or parameter that is not as the document describes it."""

    field: str
    message: str


class ProblemDetails(BaseModel):
    """Why a request was refused (RFC 9457). Further members hold the same for a program."""

    model_config = ConfigDict(extra="allow")

    status: int
    title: str
    """What is wrong, and the way out."""
    errors: list[InvalidField] | None = None
    """With 422: each field that is wrong."""


_DESCRIPTIONS = {
    400: ("The body cannot be read.", "There was an error parsing the body"),
    401: ("The token is missing or not valid.", "send a token: Authorization: Bearer …"),
    403: (
        "The caller lacks the role, or the tenant's plan lacks the feature.",
        "this needs the role admin; ask an admin of the organisation for it",
    ),
    404: ("The tenant or the record does not exist, as far as this caller may know.", "no such tenant"),
    409: ("The request contradicts the present state.", "bill 4711 is paid and can no longer be changed"),
    413: (
        "The body is larger than this API takes, or the record larger than Kafka takes.",
        "bill 4711 takes 1048576 bytes, more than 1000000",
    ),
    422: ("The request is not as described, or breaks a rule.", "not valid: limit"),
    428: (
        "If-Match is missing.",
        "name the state that you changed: send If-Match with the ETag of its GET",
    ),
    429: (
        "The caller asks too often; Retry-After says when to repeat the request.",
        "more than 6000 requests a minute; try again in 1 s",
    ),
    503: ("The service cannot answer now; Retry-After says when to repeat the request.", "try again in a moment"),
}
"""Description and example title of each status."""
_EXTRA = {422: {"errors": [{"field": "limit", "message": "Input should be less than or equal to 1000"}]}}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "The scheme: Bearer.", "schema": {"type": "string"}}},
    429: {
        "Retry-After": {"description": "Seconds.", "schema": {"type": "string"}},
        "RateLimit-Policy": {
            "description": '`"caller";q=6000;w=60`: requests in a window of seconds, of each caller to this process.',
            "schema": {"type": "string"},
        },
        "RateLimit": {
            "description": '`"caller";r=0;t=1`: requests that are left, and the seconds until there are more.',
            "schema": {"type": "string"},
        },
    },
    503: {"Retry-After": {"description": "Seconds, or a date (RFC 9110).", "schema": {"type": "string"}}},
}


class DocumentedApp(FastAPI):
    """An app whose OpenAPI document lists every refusal of every route."""

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if not self.openapi_schema:
            self.openapi_schema = _with_refusals(super().openapi(), self)
        return self.openapi_schema


def refusals(*errors: type[Refused | RetryLater]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that raises these errors itself."""
    statuses = [error.status if issubclass(error, Refused) else 503 for error in errors]
    return {status: _refusal(status) for status in statuses}


def _with_refusals(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    for operation in operations(app):
        described = document["paths"].get(operation.path, {}).get(operation.method.lower())
        if described:
            statuses = set(_statuses(operation, described))
            for status in statuses - ({429} if operation.path in app.state.unlimited else set()):
                described["responses"][str(status)] = _refusal(status)
            described["responses"] = dict(sorted(described["responses"].items()))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    models = ProblemDetails.model_json_schema(ref_template=_MODELS + "{model}")
    schemas |= {**models.pop("$defs"), ProblemDetails.__name__: models}
    return document


def _statuses(operation: Operation, described: dict[str, Any]) -> Iterator[int]:
    yield 429
    if operation.allowed:
        yield from (401, 403, 503)
    if "{" in operation.path:
        yield 404
    if described.get("parameters") or "requestBody" in described:
        yield 422
    if "requestBody" in described:
        yield from (400, 413)


def _refusal(status: int) -> dict[str, Any]:
    description, title = _DESCRIPTIONS[status]
    example = {"status": status, "title": title, **_EXTRA.get(status, {})}
    schema = {"$ref": _MODELS + ProblemDetails.__name__}
    refusal: dict[str, Any] = {
        "description": f"{HTTPStatus(status).phrase}. {description}",
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
    return refusal | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
