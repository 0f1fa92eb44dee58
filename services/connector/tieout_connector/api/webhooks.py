"""The address that Xero's webhooks arrive at."""

from fastapi import APIRouter, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tieout_connector.inbound import WEBHOOK_PATH, WebhookReceiver

router = APIRouter(tags=["webhooks"])


class WebhooksFirst:
    """Middleware that hands webhooks to the receiver before FastAPI looks for a route: FastAPI would take several times
    as long as the receiver."""

    def __init__(self, app: ASGIApp, receiver: WebhookReceiver) -> None:
        self._app = app
        self._receiver = receiver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"] == WEBHOOK_PATH:
            await self._receiver.receive(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@router.post(
    WEBHOOK_PATH,
    summary="Xero announces records that changed",
    response_class=Response,
    responses={
        200: {"description": "Stored in Kafka."},
        401: {"description": "The signature in `x-xero-signature` is missing or wrong."},
        408: {"description": "The body did not arrive in time."},
        413: {"description": "The body is larger than any webhook of Xero."},
        415: {"description": "The content type is not JSON."},
        503: {"description": "Kafka cannot store it now. Xero sends it again."},
    },
)
async def receive_webhook() -> None:
    """Authorised by Xero's signature of the raw body. The answer has no body, as Xero demands."""
    raise AssertionError("WebhooksFirst answers it; this only describes it")
