"""Sends a stored call, and handles each trouble that a call can have (gateway/reactions.py)."""

import structlog

from tieout_connector.gateway.caller import Permit, XeroCaller
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.storage import Storage
from tieout_connector.gateway.writer.answer import IntentAnswer, fields_sent, finish
from tieout_connector.gateway.writer.resolve import refused_whole, resolve
from tieout_connector.kinds import WriteKind
from tieout_connector.outbound import StoredCall, calls, results
from tieout_connector.xero.errors import (
    ConsentLost,
    MalformedRequest,
    NotPermitted,
    OutcomeUnknown,
    RefusedRequest,
    RetryAfter,
)
from tieout_connector.xero.http import Upload, XeroRequest
from tieout_kit.errors import Refused

log = structlog.get_logger(__name__)


async def post(
    caller: XeroCaller,
    files: Storage,
    session: TenantSession,
    kind: WriteKind,
    call: StoredCall,
    permit: Permit,
    access: str,
    *,
    first: bool,
) -> None:
    """Send a call and store its answer. `first`: it was not sent before. Raises XeroError."""
    parent = call.intents[0].cause.traceparent if call.intents else None
    tenant_id = session.org.tenant_id
    try:
        answer = await caller.send(
            session, permit, access, XeroRequest(**call.request), await _body(files, call), parent
        )
    except Refused as error:
        # The attachment's file does not exist, so nothing was sent.
        async with caller.storing(session) as tx:
            refused = [(q, results.refused(q.intent, (str(error),), None)) for q in call.intents]
            await calls.finish(tx, tenant_id, call.id, refused)
        return
    except (OutcomeUnknown, MalformedRequest) as error:
        async with caller.storing(session) as tx:
            again, answered = (
                tx.now + caller.timing.send_again_after,
                isinstance(error, OutcomeUnknown) and error.answered,
            )
            await calls.retry(tx, tenant_id, call.id, again, look_up_first=answered)
        raise
    except (RetryAfter, ConsentLost, NotPermitted):
        # This send did nothing. After the first send, the intents go in a new call with a new key. After a later
        # one, it is still unknown what the earlier sends did.
        async with caller.storing(session) as tx:
            if first:
                await calls.finish(tx, tenant_id, call.id, [], call.intents)
            else:
                await calls.retry(tx, tenant_id, call.id, tx.now, look_up_first=call.look_up_first)
        raise
    except RefusedRequest as error:
        await refused_whole(caller, session, kind, call, error, first=first)
        return
    try:
        elements = kind.elements(answer.json, [q.intent for q in call.intents])
    except (LookupError, TypeError, ValueError) as error:
        log.error("an answer does not fit its call", sent=len(call.intents), error=type(error).__name__)
        await resolve(caller, session, kind, call)
        return
    sent = [fields_sent(call.sent, q.intent) for q in call.intents]
    answers = [IntentAnswer(*each) for each in zip(call.intents, elements, sent, strict=True)]
    await finish(caller, session, kind, call, answers)


async def _body(files: Storage, call: StoredCall) -> bytes | Upload | None:
    """The bytes of a call, the same each time; a file piece by piece. Raises Refused: there is no such file."""
    if call.stored_file is None:
        return call.body or None
    file = await files.read(call.stored_file)
    return Upload(file.media_type, file.size, file.pieces)
