"""Carries intents to Xero: composed, stored, sent, settled; nothing lost and nothing doubled (design, To Xero)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID, uuid4

import structlog

from tieout_connector import intents, reads, snapshots
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.kinds import WRITTEN_AS, Kind, compose
from tieout_connector.gateway.lookup import Lookup
from tieout_connector.intents import Queued, StoredCall
from tieout_connector.model import Org
from tieout_connector.reads import Wish
from tieout_connector.snapshots import Seen
from tieout_connector.xero import wire
from tieout_connector.xero.errors import Again, ConsentLost, RefusedRequest, Unknown
from tieout_connector.xero.http import Request
from tieout_connector.xero.refusals import refusal_of
from tieout_kit.postgres import Database, Tx
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome, PaymentBody, WriteResult

RESEND_WINDOW = timedelta(minutes=5)
"""Xero forgets keys after 6 minutes; a minute is left for the slowest answer we wait for."""
RETRY_AFTER = timedelta(seconds=5)
LOOK_UP_AGAIN = timedelta(minutes=1)
"""A look-up that fails for good lets the tenant's other calls go on in between."""
MOST = 50
"""Elements in one call (xero-api.md 3.6)."""
MOST_BYTES = 3_000_000
"""Of a call's body; Xero takes 3.5 MB."""

log = structlog.get_logger(__name__)


class Writer:
    """The writing half of the gateway."""

    def __init__(
        self, database: Database, caller: Caller, kinds: Mapping[XeroKind, Kind], lookup: Lookup, platform_url: str
    ) -> None:
        self._database = database
        self._caller = caller
        self._kinds = kinds
        self._lookup = lookup
        self._platform_url = platform_url

    async def send_next(self, org: Org) -> bool:
        """Send the next batch of intents; False: there is none."""
        async with self._database.transaction() as tx:
            queued = await intents.next_batch(tx, org.tenant_id, MOST)
            if not queued:
                return False
            call = self._compose(tx, queued)
            await intents.store_call(tx, org.tenant_id, call, tx.now + RETRY_AFTER)
            await self._caller.leave(tx, org)
        await self._send(org, call, first=True)
        return True

    async def resume_next(self, org: Org) -> bool:
        """Settle the oldest call that left and was not answered; False: there is none."""
        async with self._database.transaction() as tx:
            call = await intents.unanswered(tx, org.tenant_id)
            if call is None:
                return False
            look_up = call.look_up_first or tx.now - call.first_sent_at > RESEND_WINDOW
            again = tx.now + (LOOK_UP_AGAIN if look_up else RETRY_AFTER)
            await intents.retry_call(tx, org.tenant_id, call.id, again, look_up_first=False)
            if not look_up:
                await self._caller.leave(tx, org)
        if look_up:
            await self._look_up(org, call)
        else:
            await self._send(org, call, first=False)
        return True

    def _compose(self, tx: Tx, queued: Sequence[Queued]) -> StoredCall:
        first = queued[0].intent
        kind = self._kinds[WRITTEN_AS[first.body.kind]]
        call_id = uuid4()
        elements = [wire.dumps(compose(q.intent, self._platform_url)) for q in queued]
        sizes = accumulate(len(element) + 1 for element in elements)
        fitting = max(1, sum(size <= MOST_BYTES for size in sizes))
        body = b'{"%s":[%s]}' % (kind.resource.encode(), b",".join(elements[:fitting]))
        request = {
            # PUT creates and never matches an existing one by name; POST with an id updates (xero-api.md 3.6).
            "method": "POST" if first.xero_id else "PUT",
            "resource": kind.resource,
            "params": {"summarizeErrors": "false", "unitdp": "4"},
            "key": str(call_id),
        }
        return StoredCall(call_id, request, body, tx.now, False, queued[:fitting])

    async def _send(self, org: Org, call: StoredCall, *, first: bool) -> None:
        parent = call.intents[0].cause.traceparent if call.intents else None
        try:
            answer = await self._caller.send(org, Request(**call.request), call.body, parent)
        except Unknown as error:
            async with self._database.transaction() as tx:
                at = tx.now + RETRY_AFTER
                await intents.retry_call(tx, org.tenant_id, call.id, at, look_up_first=error.answered)
            raise
        except (Again, ConsentLost):
            # The call did nothing: its intents go again, in a new call with a new key. Of one that was sent before,
            # this says nothing: what it did then is still not known.
            if first:
                await self._settle(org, call, [], requeue=call.intents)
            raise
        except RefusedRequest as error:
            await self._refused_whole(org, call, error, first=first)
            return
        elements = _elements(answer.json, call)
        if len(elements) != len(call.intents):
            log.error("an answer does not fit its call", sent=len(call.intents), answered=len(elements))
            await self._look_up(org, call)
            return
        await self._answered(org, call, list(zip(call.intents, elements, strict=True)))

    async def _refused_whole(self, org: Org, call: StoredCall, error: RefusedRequest, *, first: bool) -> None:
        """Refused as a whole: each goes alone, so that only the one at fault is refused."""
        if len(call.intents) > 1 or not first:
            # A 400 may hide siblings that were saved (trap 11), or what was done when it was sent before.
            await self._look_up(org, call, alone=True)
        else:
            await self._settle(org, call, [(q, _refusal(q, error.messages)) for q in call.intents])

    async def _look_up(self, org: Org, call: StoredCall, *, alone: bool = False) -> None:
        """Send only what is missing: what is found counts as answered, the rest goes in a new call."""
        found = await self._lookup.find(org, call)
        answered = [(q, found[q.intent.intent_id]) for q in call.intents if q.intent.intent_id in found]
        missing = [q for q in call.intents if q.intent.intent_id not in found]
        await self._answered(org, call, answered, requeue=missing, alone=alone)

    async def _answered(
        self,
        org: Org,
        call: StoredCall,
        answered: Sequence[tuple[Queued, dict[str, Any]]],
        requeue: Sequence[Queued] = (),
        *,
        alone: bool = False,
    ) -> None:
        """Store Xero's answer: link, snapshot and result in one transaction, so that the echo finds the link."""
        refused = [(q, _refusal(q, messages)) for q, element in answered if (messages := refusal_of(element))]
        done = [(q, element) for q, element in answered if not refusal_of(element)]
        kind = self._kinds[WRITTEN_AS[call.intents[0].intent.body.kind]]
        async with self._database.transaction() as tx:
            await self._caller.hold(tx, org)
            seen = [
                Seen(snapshot, q.cause, q.intent.record.id)
                for q, element in done
                if (snapshot := kind.read(element)) is not None
            ]
            taken = await snapshots.take(tx, org.tenant_id, seen)
            results = [(q, _done(q, UUID(element[kind.id_field]), taken.sequences)) for q, element in done]
            await intents.settle_call(tx, org.tenant_id, call.id, [*refused, *results], requeue, alone=alone)
            await reads.ask(tx, _follow_ups(tx, org, [q for q, _ in done]))

    async def _settle(
        self,
        org: Org,
        call: StoredCall,
        results: Sequence[tuple[Queued, WriteResult]],
        requeue: Sequence[Queued] = (),
        *,
        alone: bool = False,
    ) -> None:
        async with self._database.transaction() as tx:
            await self._caller.hold(tx, org)
            await intents.settle_call(tx, org.tenant_id, call.id, results, requeue, alone=alone)


def _elements(content: Any, call: StoredCall) -> list[dict[str, Any]]:
    found = content.get(call.request["resource"]) if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def _refusal(queued: Queued, messages: tuple[str, ...]) -> WriteResult:
    intent = queued.intent
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=Outcome.REFUSED,
        xero_id=intent.xero_id,
        messages=messages,
    )


def _done(queued: Queued, xero_id: UUID, sequences: Mapping[str, int]) -> WriteResult:
    intent = queued.intent
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=Outcome.DONE,
        xero_id=xero_id,
        snapshot_sequence=sequences.get(str(xero_id), 0),
    )


def _follow_ups(tx: Tx, org: Org, done: Sequence[Queued]) -> list[Wish]:
    """A payment changes its bill: the bill is read at once, whether or not a webhook says so."""
    return [
        Wish(org.tenant_id, XeroKind.INVOICE, q.intent.body.bill_xero_id, tx.now, q.cause)
        for q in done
        if isinstance(q.intent.body, PaymentBody)
    ]
