"""Finds out what a call did whose answer is lost, or that was refused as a whole: only what is missing goes again."""

from tieout_connector.gateway import results
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.lookup import find
from tieout_connector.gateway.session import AtWork
from tieout_connector.gateway.writer import answer
from tieout_connector.kinds import Kind
from tieout_connector.outbound import StoredCall, calls
from tieout_connector.xero.errors import RefusedRequest


async def look_up(caller: Caller, at: AtWork, kind: Kind, call: StoredCall, *, most: int | None = None) -> None:
    """What is found counts as answered, the rest goes in a new call. Raises XeroError."""
    found = await find(caller, at, kind, call)
    elements = found.elements
    known = [q for q in call.intents if q.intent.intent_id in elements]
    missing = [q for q in call.intents if q.intent.intent_id not in elements]
    answers = [answer.looked_up(q, elements[q.intent.intent_id], found.left_at) for q in known]
    await answer.settle(caller, at, kind, call, answers, missing, most=most)


async def refused_whole(
    caller: Caller, at: AtWork, kind: Kind, call: StoredCall, error: RefusedRequest, *, first: bool
) -> None:
    """Refused as a whole: halves go by themselves, until only the one at fault is refused. `first`: it was not sent
    before."""
    if len(call.intents) > 1 or not first:
        # A 400 may hide siblings that were saved (trap 11), or what was done when it was sent before.
        await look_up(caller, at, kind, call, most=max(1, len(call.intents) // 2))
        return
    (queued,) = call.intents
    key = queued.intent.intent_id
    if kind.is_terminal(queued.intent):
        found = await find(caller, at, kind, call)
        if key in found.elements:
            done = answer.looked_up(queued, found.elements[key], found.left_at)
            await answer.settle(caller, at, kind, call, [done])
            return
    async with caller.storing(at) as tx:
        refusal = results.refused(queued.intent, error.messages, call.seen.get(key))
        await calls.settle(tx, at.org.tenant_id, call.id, [(queued, refusal)])
