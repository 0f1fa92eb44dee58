"""Stores what Xero showed of records, before and after they were written, as snapshots."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.inbound import ObservedRecord, RecordLink, echoes, snapshots
from tieout_connector.kinds import WriteKind
from tieout_connector.outbound import QueuedIntent
from tieout_connector.xero.models import Json
from tieout_kit.postgres import Tx
from tieout_schemas.payload import Answers
from tieout_schemas.writes import WriteIntent


@dataclass(frozen=True, slots=True)
class Observation:
    """What Xero showed of an intent's record."""

    queued: QueuedIntent
    element: Json
    read_at: datetime | None
    """When the read was sent; None: this is the answer to the write."""
    answers: Answers | None = None


async def store(tx: Tx, tenant_id: UUID, kind: WriteKind, observed: Sequence[Observation]) -> dict[str, int | None]:
    """The sequence of each snapshot, by intent id; None: a later read is stored already."""
    read = [(o, snapshot) for o in observed if (snapshot := kind.snapshot(o.element)) is not None]
    seen = [ObservedRecord(snapshot, o.queued.cause, o.read_at, _link(kind, o), o.answers) for o, snapshot in read]
    taken = await snapshots.store(tx, tenant_id, seen)
    if kind.snapshot_kind:
        shown = {one.xero_id: one.updated_at for _, one in read if one.xero_id not in taken.overtaken}
        await echoes.forget(tx, tenant_id, kind.snapshot_kind, shown)
    return {o.queued.intent.intent_id: sequence for (o, _), sequence in zip(read, taken.sequences, strict=True)}


def answers_of(kind: WriteKind, intent: WriteIntent, element: Json, sent: Collection[str], *, done: bool) -> Answers:
    """How a snapshot of this element answers an intent; `sent`: the fields in the bytes that Xero answered."""
    return intent.answers(done=done, explains=kind.explains(intent, element, sent))


def _link(kind: WriteKind, observation: Observation) -> RecordLink | None:
    """The link between our record and Xero's, if the observation shows that the intent is done."""
    intent = observation.queued.intent
    if not observation.answers or not observation.answers.done:
        return None
    return RecordLink(intent.record, intent.effect, made=kind.target(intent) is None)
