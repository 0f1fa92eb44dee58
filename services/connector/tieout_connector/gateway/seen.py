"""What the writer saw of records, before and after it wrote them, as snapshots."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.inbound import Link, Seen, snapshots
from tieout_connector.kinds import Kind
from tieout_connector.outbound import Queued
from tieout_connector.xero.reading import Json
from tieout_kit.postgres import Tx
from tieout_schemas.payload import Answers
from tieout_schemas.writes import WriteIntent


@dataclass(frozen=True, slots=True)
class Shown:
    """What Xero shows of an intent's record."""

    queued: Queued
    element: Json
    left_at: datetime | None
    """When the reading left; None: Xero's answer."""
    answers: Answers | None = None


async def take(tx: Tx, tenant_id: UUID, kind: Kind, shown: Sequence[Shown]) -> dict[str, int | None]:
    """The sequence of each snapshot, by intent id; None: the reading was overtaken."""
    read = [(s, snapshot) for s in shown if (snapshot := kind.snapshot(s.element)) is not None]
    seen = [Seen(snapshot, s.queued.cause, s.left_at, _link(kind, s), s.answers) for s, snapshot in read]
    taken = await snapshots.take(tx, tenant_id, seen)
    return {s.queued.intent.intent_id: sequence for (s, _), sequence in zip(read, taken.sequences, strict=True)}


def answer(kind: Kind, intent: WriteIntent, element: Json, sent: Collection[str], *, done: bool) -> Answers:
    """What a snapshot of this element tells of an intent; `sent`: the fields in the bytes that Xero answers."""
    return Answers(
        intent_id=intent.intent_id,
        record=intent.record,
        effect=intent.effect,
        revision=intent.revision,
        done=done,
        explains=kind.explains(intent, element, sent),
    )


def _link(kind: Kind, shown: Shown) -> Link | None:
    """An answer tells that the record is ours."""
    intent = shown.queued.intent
    if not shown.answers or not shown.answers.done:
        return None
    return Link(intent.record, intent.effect, made=kind.target(intent) is None)
