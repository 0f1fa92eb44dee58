"""The body of a signed webhook → its events. Whatever is not as documented is counted and left out."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel, Field, ValidationError

from tieout_connector.kinds import WEBHOOK_CATEGORIES
from tieout_connector.metrics import WEBHOOK_EVENTS
from tieout_schemas.signals import Webhook

_LABEL = re.compile(r"[A-Z_]{1,32}")

log = structlog.get_logger(__name__)


class _Event(BaseModel):
    org_id: UUID = Field(alias="tenantId")
    resource_id: UUID = Field(alias="resourceId")
    category: str = Field(alias="eventCategory")
    event_type: str = Field(alias="eventType")
    event_at: datetime = Field(alias="eventDateUtc")
    data: Any = None


class _Body(BaseModel):
    events: list[dict[str, Any]]


def events_of(raw: bytes) -> list[Webhook] | None:
    """The events that are as documented, in their order; None if the body as a whole is not."""
    try:
        body = _Body.model_validate_json(raw)
    except ValidationError as error:
        # The signature proves that Xero sent it. If it were refused, Xero would send it again for a day and then
        # disable the subscription. Polls find the change that it was about.
        log.error("a signed webhook is not as documented", wrong=error.error_count())
        return None
    return [event for raw_event in body.events if (event := _event(raw_event))]


def count(category: object, outcome: str) -> None:
    """Count an event. `category` may be anything that Xero sent."""
    spelt = category.upper() if isinstance(category, str) else ""
    WEBHOOK_EVENTS.labels(spelt if _LABEL.fullmatch(spelt) else "OTHER", outcome).inc()


def count_published(event: Webhook) -> None:
    """Count an event that Kafka has. It is kept even if no kind of ours has its category."""
    count(event.category, "published" if event.category in WEBHOOK_CATEGORIES else "unknown_category")


def _event(raw: dict[str, Any]) -> Webhook | None:
    try:
        event = _Event.model_validate(raw)
    except ValidationError as error:
        log.error("an event of a signed webhook is not as documented", wrong=error.error_count())
        count(raw.get("eventCategory"), "malformed")
        return None
    # eventDateUtc has no zone and is UTC.
    at = event.event_at if event.event_at.tzinfo else event.event_at.replace(tzinfo=UTC)
    return Webhook(
        org_id=event.org_id,
        category=event.category.upper(),
        resource_id=event.resource_id,
        event_type=event.event_type.upper(),
        event_at=at,
        document_type=_document_type(event.data),
    )


def _document_type(data: object) -> str | None:
    # Some categories have it, and others may get it. A missing or odd one must not lose the event.
    named = data.get("Type") if isinstance(data, dict) else None
    return named.upper() if isinstance(named, str) else None
