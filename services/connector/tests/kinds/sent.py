"""What a call would send, and what Xero shows of a record."""

from typing import Any
from uuid import UUID

from tieout_connector.kinds.kind import ComposedCall
from tieout_connector.xero import wire
from tieout_connector.xero.models import Json

from .writing import Writing, intent, kind_of


def element_of(composed: ComposedCall) -> Json:
    ((element,),) = wire.loads(composed.body).values()
    return dict(element)


async def sent_of(w: Writing, body: Any, made: UUID) -> Json:
    """The one element that makes Xero's record so."""
    wanted = intent(body, made)
    return element_of(kind_of(wanted).compose([wanted], await w.now(wanted)))


async def shown(w: Writing, body: Any, made: UUID) -> Json:
    wanted = intent(body, made)
    return (await w.now(wanted))[wanted.intent_id]
