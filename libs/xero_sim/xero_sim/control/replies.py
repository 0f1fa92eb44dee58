"""JSON in and out of the control API."""

from http import HTTPStatus
from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import Response

from xero_sim.wire import Json, dumps


class ControlError(Exception):
    """A call of the control API that cannot be done. The reply is `{"error": …}`."""

    def __init__(self, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


def json_reply(value: object, status: int = 200) -> Response:
    """A JSON response."""
    return Response(dumps(value), status, media_type="application/json")


def camel(name: str) -> str:
    """`response_bytes` as `responseBytes`."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


async def read(request: Request) -> Json:
    """The body as an object; an empty body is an empty object."""
    if not await request.body():
        return {}
    try:
        sent = await request.json()
    except JSONDecodeError as wrong:
        raise ControlError(f"Invalid JSON: {wrong}") from None
    if not isinstance(sent, dict):
        raise ControlError("Expected a JSON object")
    return sent


async def on_error(request: Request, error: Exception) -> Response:
    """The reply to a ControlError, and to parameters that are missing or have the wrong type."""
    status = error.status if isinstance(error, ControlError) else HTTPStatus.BAD_REQUEST
    shown = str(error) if isinstance(error, ControlError) else f"{type(error).__name__}: {error}"
    return json_reply({"error": shown}, status)
