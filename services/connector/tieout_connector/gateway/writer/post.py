"""Sends a stored call, and does about its trouble what each trouble asks for (gateway/reactions.py)."""

from datetime import timedelta

import structlog

from tieout_connector.gateway import results
from tieout_connector.gateway.caller import Caller, Leave
from tieout_connector.gateway.session import AtWork
from tieout_connector.gateway.storage import Storage
from tieout_connector.gateway.writer.answer import Answer, fields_sent, settle
from tieout_connector.gateway.writer.resolve import look_up, refused_whole
from tieout_connector.kinds import Kind
from tieout_connector.outbound import StoredCall, calls
from tieout_connector.xero.errors import Again, ConsentLost, OurBug, RefusedRequest, Unknown
from tieout_connector.xero.http import Request, Upload
from tieout_kit.errors import Refused

RETRY_AFTER = timedelta(seconds=5)

log = structlog.get_logger(__name__)


async def post(
    caller: Caller, files: Storage, at: AtWork, kind: Kind, call: StoredCall, leave: Leave, access: str, *, first: bool
) -> None:
    """Send it and store its answer. `first`: it was not sent before. Raises XeroError."""
    parent = call.intents[0].cause.traceparent if call.intents else None
    tenant_id = at.org.tenant_id
    try:
        answer = await caller.send(at, leave, access, Request(**call.request), await _body(files, call), parent)
    except Refused as error:
        # The file of an attachment is not there: nothing has left.
        async with caller.storing(at) as tx:
            gone = [(q, results.refused(q.intent, (str(error),), None)) for q in call.intents]
            await calls.settle(tx, tenant_id, call.id, gone)
        return
    except (Unknown, OurBug) as error:
        async with caller.storing(at) as tx:
            again, answered = tx.now + RETRY_AFTER, isinstance(error, Unknown) and error.answered
            await calls.retry(tx, tenant_id, call.id, again, look_up_first=answered)
        raise
    except (Again, ConsentLost):
        # The call did nothing: its intents go again, in a new call with a new key. Of one that was sent before,
        # this says nothing: what it did then is still not known.
        async with caller.storing(at) as tx:
            if first:
                await calls.settle(tx, tenant_id, call.id, [], call.intents)
            else:
                await calls.retry(tx, tenant_id, call.id, tx.now, look_up_first=call.look_up_first)
        raise
    except RefusedRequest as error:
        await refused_whole(caller, at, kind, call, error, first=first)
        return
    try:
        elements = kind.elements(answer.json, [q.intent for q in call.intents])
    except (LookupError, TypeError, ValueError) as error:
        log.error("an answer does not fit its call", sent=len(call.intents), error=type(error).__name__)
        await look_up(caller, at, kind, call)
        return
    sent = [fields_sent(call.sent, q.intent) for q in call.intents]
    await settle(caller, at, kind, call, [Answer(*one) for one in zip(call.intents, elements, sent, strict=True)])


async def _body(files: Storage, call: StoredCall) -> bytes | Upload | None:
    """The very bytes again, those of a file piece by piece. Raises Refused: there is no such file."""
    if call.stored_file is None:
        return call.body or None
    file = await files.read(call.stored_file)
    return Upload(file.media_type, file.size, file.pieces)
