"""The route that Xero's webhooks arrive at."""

from fastapi import APIRouter, Request, Response

from tieout_connector.inbound import WebhookReceiver

router = APIRouter(tags=["webhooks"])


@router.post(
    "/webhooks/xero",
    summary="Xero announces records that changed",
    response_class=Response,
    responses={
        200: {"description": "Stored in Kafka."},
        401: {"description": "The signature in `x-xero-signature` is missing or wrong."},
        413: {"description": "The body is larger than any webhook of Xero."},
        503: {"description": "Kafka cannot store it now. Xero sends it again."},
    },
)
async def receive_webhook(request: Request) -> Response:
    """Authorised by Xero's signature of the raw body. The answer has no body, as Xero demands."""
    receiver: WebhookReceiver = request.app.state.receiver
    return await receiver.receive(request)
