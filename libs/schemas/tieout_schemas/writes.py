"""Intents to write to Xero (`xero.write.v1`) and what became of them (`xero.write-result.v1`)."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.bodies import BillBody, Body, ContactBody, PaymentBody, WriteLine
from tieout_schemas.payload import Payload, RecordRef

__all__ = [
    "BillBody", "Body", "ContactBody", "Lane", "Outcome", "PaymentBody", "WriteIntent", "WriteLine", "WriteResult",
    "intent_id",
]  # fmt: skip


class Lane(StrEnum):
    """Which queue of the gateway a call waits in, first to last (design, The gateway)."""

    PERSON = "person"
    WRITE = "write"
    WEBHOOK = "webhook"
    POLL = "poll"
    IMPORT = "import"
    NOTE = "note"


def intent_id(record: RecordRef, effect: str, revision: int, attempt: int) -> str:
    """The id of an intent within its tenant. The same id never means two things."""
    return f"{record.kind}:{record.id}:{effect}:{revision}:{attempt}"


class WriteIntent(Payload):
    """Make Xero's record look like this. Known ids get their result again."""

    ce_type: ClassVar = "xero.write.v1"
    kind: ClassVar = "intent"

    record: RecordRef
    effect: str
    """Which effect of the record in Xero: `contact`, `note:<revision>`."""
    revision: int
    """Rises with every intent of the effect: max(last + 1, clock in ms). Of what happens once: what it tells of."""
    attempt: int = 1
    """Of what happens once: rises with a refusal."""
    xero_id: UUID | None = None
    """Xero's id of the record, if it has one: an update. None: a create."""
    base_sequence: int | None = None
    """Of an update: the snapshot of Xero's record it was decided on; a newer one makes it stale (SYS-3)."""
    replaces: UUID | None = None
    """Of a create: the last record of Xero made for this effect. If another one is linked to it, it is stale."""
    lane: Lane = Lane.WRITE
    body: Body

    @property
    def intent_id(self) -> str:
        return intent_id(self.record, self.effect, self.revision, self.attempt)

    @property
    def key_id(self) -> str:
        return self.intent_id


class Outcome(StrEnum):
    """What became of an intent."""

    DONE = "done"
    REFUSED = "refused"
    STALE = "stale"
    """Xero's record changed since, or a create found another record of Xero linked already; `xero_id` and
    `snapshot_sequence` name that record and its newest snapshot."""
    CANCELLED = "cancelled"
    """A person called it back before it left."""


class WriteResult(Payload):
    """Xero's answer to an intent."""

    ce_type: ClassVar = "xero.write-result.v1"
    kind: ClassVar = "result"

    intent_id: str
    record: RecordRef
    effect: str
    revision: int
    attempt: int
    outcome: Outcome
    xero_id: UUID | None = None
    snapshot_sequence: int = 0
    """The sequence of the snapshot made from the answer: older snapshots say nothing new."""
    messages: tuple[str, ...] = ()
    """Xero's own words when it refused."""
    cancelled_by: str | None = None
    """The `sub` of who called it back."""

    @property
    def key_id(self) -> str:
        return self.intent_id
