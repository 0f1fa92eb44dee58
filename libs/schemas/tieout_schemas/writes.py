"""Intents to write to Xero (`xero.write.v1`) and their results (`xero.write-result.v1`)."""

from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from tieout_schemas.bodies import Body
from tieout_schemas.payload import Answers, Payload, RecordRef


class Lane(StrEnum):
    """The queues of the gateway, from the highest priority to the lowest."""

    PERSON = "person"
    WRITE = "write"
    WEBHOOK = "webhook"
    POLL = "poll"
    IMPORT = "import"
    NOTE = "note"


def intent_id(record: RecordRef, effect: str, revision: int, attempt: int) -> str:
    """The id of an intent within its tenant; an id is never used for two different intents."""
    return f"{record.kind}:{record.id}:{effect}:{revision}:{attempt}"


class WriteIntent(Payload):
    """Give Xero's record this state. For an id that it knows, the gateway publishes the result again."""

    ce_type: ClassVar = "xero.write.v1"
    kind: ClassVar = "intent"

    record: RecordRef
    effect: str
    """The effect of the record in Xero: `contact`, `note:<revision>`."""
    revision: int
    """Rises with every intent of the effect: max(last + 1, clock in ms). For a one-time effect, such as a note: the
    revision that the note is about."""
    attempt: int = 1
    """For a one-time effect: rises after each refusal."""
    xero_id: UUID | None = None
    """Xero's id of the record to update; None: create a record."""
    base_sequence: int | None = None
    """For an update: the snapshot that the decision was based on. A newer snapshot makes the intent stale (SYS-3)."""
    replaces: UUID | None = None
    """For a create: the last record of Xero created for this effect. If another one is linked, the intent is stale."""
    lane: Lane = Lane.WRITE
    body: Body

    @property
    def intent_id(self) -> str:
        return intent_id(self.record, self.effect, self.revision, self.attempt)

    @property
    def key_id(self) -> str:
        return self.intent_id

    def result(self, outcome: "Outcome", **more: Any) -> "WriteResult":
        """The result of this intent. `more`: the fields of WriteResult that do not follow from the intent."""
        return WriteResult(
            intent_id=self.intent_id,
            record=self.record,
            effect=self.effect,
            revision=self.revision,
            attempt=self.attempt,
            outcome=outcome,
            **more,
        )

    def answers(self, *, done: bool, explains: tuple[str, ...]) -> Answers:
        """The `answers` of a snapshot that answers this intent."""
        return Answers(
            intent_id=self.intent_id,
            record=self.record,
            effect=self.effect,
            revision=self.revision,
            done=done,
            explains=explains,
        )


class Outcome(StrEnum):
    """How an intent ended."""

    DONE = "done"
    REFUSED = "refused"
    STALE = "stale"
    """Xero's record has changed since, or another record of Xero is already linked. `xero_id` and `snapshot_sequence`
    name that record and its newest snapshot."""
    CANCELLED = "cancelled"
    """A person cancelled it before it was sent."""


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
    """The sequence of the snapshot made from the answer; older snapshots are outdated."""
    messages: tuple[str, ...] = ()
    """Xero's validation messages, if it refused."""
    reason_codes: tuple[str, ...] = ()
    """The reason codes of these messages, if all of them are known: `account_number_taken`."""
    cancelled_by: str | None = None
    """The `sub` of the person who cancelled it."""

    @property
    def key_id(self) -> str:
        return self.intent_id
