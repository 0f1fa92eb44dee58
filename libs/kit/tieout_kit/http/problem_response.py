"""A refusal as HTTP shows it: a problem detail (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}


def problem_response(status: int, title: str, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    """`more`: the same for programs, beside `status` and `title`."""
    content = {"status": status, "title": title, **more}
    return JSONResponse(content, status, headers or _HEADERS.get(status), media_type=MEDIA_TYPE)
