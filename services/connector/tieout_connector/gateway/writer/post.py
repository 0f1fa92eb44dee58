"""Sends a stored call, and handles each trouble that a call can have (gateway/reactions.py)."""

from dataclasses import asdict, replace
from uuid import UUID, uuid4

import structlog

from tieout_connector.gateway.caller import Permit, XeroCaller
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.storage import Storage
from tieout_connector.gateway.writer.answer import IntentAnswer, fields_sent, finish
from tieout_connector.gateway.writer.resolve import refused_whole, resolve
from tieout_connector.kinds import WriteKind
from tieout_connector.outbound import StoredCall, calls, intents, results
from tieout_connector.pacing import LONGEST_CALL
from tieout_connector.xero.errors import (
    ConsentLost,
    MalformedRequest,
    NotPermitted,
    OutcomeUnknown,
    RefusedRequest,
    RetryAfter,
)
from tieout_connector.xero.http import Upload, XeroRequest
from tieout_connector.xero.refusals import is_passing, refusal_of
from tieout_kit.errors import Refused
from tieout_kit.postgres import Tx
from tieout_schemas.writes import Lane

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
    parents = [q.cause.traceparent for q in call.intents]
    tenant_id = session.org.tenant_id
    try:
        answer = await caller.send(
            session, permit, access, XeroRequest(**call.request), await _body(files, call), parents
        )
    except Refused as error:
        # The attachment's file does not exist, so nothing was sent.
        async with caller.storing(session) as tx:
            refused = [(q, results.refused(q.intent, (str(error),), None)) for q in call.intents]
            await calls.finish(tx, tenant_id, call.id, refused)
        return
    except (OutcomeUnknown, MalformedRequest) as error:
        async with caller.storing(session) as tx:
            again = tx.now + caller.timing.send_again_after
            answered = isinstance(error, OutcomeUnknown) and error.answered
            await calls.retry(tx, tenant_id, call.id, again, look_up_first=answered)
            if isinstance(error, OutcomeUnknown) and await _fails_alone(tx, tenant_id, call):
                log.warning("a call fails again, and others do not", kind=call.kind, error=str(error))
                return
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
        if first and (other := await _other_call(caller, session, kind, call, error, permit.lane)):
            await post(caller, files, session, kind, *other, access, first=True)
            return
        await refused_whole(caller, session, kind, call, error, first=first)
        return
    queued = [q.intent for q in call.intents]
    try:
        told = kind.answered(answer.json, queued)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        log.error("an answer is no answer to its call", sent=len(queued), error=type(error).__name__)
        told = {}
    # A fault of Xero's own is no refusal: the element may have been saved all the same.
    certain = {key: element for key, element in told.items() if not is_passing(refusal_of(element))}
    answers = [
        IntentAnswer(q, certain[q.intent.intent_id], fields_sent(call.sent, q.intent))
        for q in call.intents
        if q.intent.intent_id in certain
    ]
    left = [q for q in call.intents if q.intent.intent_id not in certain]
    if answers:
        await finish(caller, session, kind, call, answers, unclear=bool(left))
    if left:
        log.error("an answer does not fit its call", sent=len(queued), unclear=len(left))
        await resolve(caller, session, kind, replace(call, intents=left), failed=True)


async def _other_call(
    caller: XeroCaller, session: TenantSession, kind: WriteKind, call: StoredCall, error: RefusedRequest, lane: Lane
) -> tuple[StoredCall, Permit] | None:
    """The call to make in place of a refused one, stored, and its permit; None: there is none."""
    if len(call.intents) > 1:
        return None
    composed = kind.instead(call.intents[0].intent, XeroRequest(**call.request), error.messages)
    if composed is None:
        return None
    call_id = uuid4()
    request = asdict(composed.request) | {"key": str(call_id)}
    async with caller.storing(session) as tx:
        other = replace(call, id=call_id, request=request, body=composed.body, first_sent_at=tx.now)
        await calls.finish(tx, session.org.tenant_id, call.id, [], call.intents)
        await calls.store(tx, session.org.tenant_id, other, tx.now + LONGEST_CALL)
        return other, await caller.permit(tx, session, lane)


async def _fails_alone(tx: Tx, tenant_id: UUID, call: StoredCall) -> bool:
    """Whether this call fails, and not Xero: after its first failure, Xero has done another write of the tenant. Then
    only its own intents wait."""
    since = min((q.failed_since for q in call.intents if q.failed_since), default=None)
    return since is not None and await intents.done_since(tx, tenant_id, since)


async def _body(files: Storage, call: StoredCall) -> bytes | Upload | None:
    """The bytes of a call, the same each time; a file piece by piece. Raises Refused: there is no such file."""
    if call.stored_file is None:
        return call.body or None
    file = await files.read(call.stored_file)
    return Upload(file.media_type, file.size, file.pieces)
