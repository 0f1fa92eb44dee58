"""Finds out what a call did whose answer was lost, or that Xero refused as a whole. Only the rest is sent again."""

from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.writer import answer
from tieout_connector.gateway.writer.answer import IntentAnswer
from tieout_connector.gateway.writer.lookup import look_up
from tieout_connector.inbound import ReadRequest, read_requests
from tieout_connector.kinds import ABSENT, WriteKind
from tieout_connector.outbound import StoredCall, calls, results
from tieout_connector.xero.errors import RefusedRequest
from tieout_connector.xero.refusals import reason_codes


async def resolve(
    caller: XeroCaller,
    session: TenantSession,
    kind: WriteKind,
    call: StoredCall,
    *,
    batch_limit: int | None = None,
    failed: bool = False,
) -> None:
    """Look a call up: intents that are found are answered, the others go in a new call. `failed`: the call was sent and
    brought no usable answer. Raises XeroError."""
    found = await look_up(caller, session, kind, call)
    elements = found.elements
    done = [q for q in call.intents if q.intent.intent_id in elements]
    missing = [q for q in call.intents if q.intent.intent_id not in elements]
    answers = [IntentAnswer(q, elements[q.intent.intent_id], looked_up_at=found.read_at) for q in done]
    await answer.finish(
        caller, session, kind, call, answers, missing, batch_limit=batch_limit, failed=failed, doubts=found.doubts
    )


async def refused_whole(
    caller: XeroCaller, session: TenantSession, kind: WriteKind, call: StoredCall, error: RefusedRequest, *, first: bool
) -> None:
    """Handle a call that Xero refused as a whole: halves are sent on their own, until only the intent at fault is
    refused. `first`: the call was not sent before."""
    if len(call.intents) > 1 or not first:
        # After a 400, some elements may be saved all the same (trap 11), or an earlier send may have done its work.
        await resolve(caller, session, kind, call, batch_limit=max(1, len(call.intents) // 2))
        return
    (queued,) = call.intents
    key = queued.intent.intent_id
    if kind.is_terminal(queued.intent):
        found = await look_up(caller, session, kind, call)
        if key in found.elements:
            done = IntentAnswer(queued, found.elements[key], looked_up_at=found.read_at)
            await answer.finish(caller, session, kind, call, [done])
            return
    async with caller.storing(session) as tx:
        refusal = results.refused(queued.intent, error.messages, call.seen.get(key), reason_codes(error.messages))
        await calls.finish(tx, session.org.tenant_id, call.id, [(queued, refusal)])
        also = kind.also_changes(queued.intent, ABSENT)
        wanted = [ReadRequest(session.org.tenant_id, r.kind, r.xero_id, tx.now, queued.cause) for r in also]
        await read_requests.add(tx, wanted)
