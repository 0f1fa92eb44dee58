"""Events of a tenant that could not be handled are its problems until their dead letters are returned (SYS-2).

A dead letter that names no tenant is seen by operators only.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from tieout_kit import problems
from tieout_kit.events import Cause
from tieout_kit.kafka import parking
from tieout_kit.kafka.dead_letters import DeadLetterRecord
from tieout_kit.postgres import Tx
from tieout_kit.problems import Finding, FoundProblem
from tieout_kit.records.sweeps import Recheck
from tieout_schemas.envelope import BadEnvelope, Envelope
from tieout_schemas.problem import Problem
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import replay_topic

KIND = "unhandled_event"
"""The kind of record that these problems name. Its id is made of the tenant, the event's type and its subject."""
_LONGEST = 200
"""Characters of a header in a problem."""


async def report(tx: Tx, letters: Sequence[DeadLetterRecord]) -> None:
    """Open the problems of these dead letters, one for each record that the events tell of."""
    found: Mapping[tuple[UUID, UUID], Finding] = {
        (finding.tenant_id, finding.record_id): finding for letter in letters if (finding := _finding(letter))
    }
    await problems.update(tx, KIND, [found[key] for key in sorted(found)])


async def return_dead_letters(tx: Tx, tenant_id: UUID, cause: Cause, by: str | None = None) -> int:
    """Publish a tenant's dead letters on the replay topic and close their problems: an event that fails once more opens
    its problem again. Returns how many. `by`: the person who asked for it."""
    returned = await parking.return_dead_letters(tx, tenant_id, replay_topic(tx.service), cause.traceparent)
    ids = await problems.with_open_problems(tx, KIND, tenant_id)
    await problems.update(tx, KIND, [Finding(tenant_id, record_id, cause, retried_by=by) for record_id in ids])
    return returned


async def recheck(tx: Tx, rechecks: Sequence[Recheck]) -> None:
    """A person retries such a problem: all dead letters of the tenant are returned, in their order."""
    for tenant_id, again in {again.tenant_id: again for again in rechecks}.items():
        await return_dead_letters(tx, tenant_id, again.cause, again.asked_by)


def _finding(letter: DeadLetterRecord) -> Finding | None:
    try:
        envelope = Envelope.from_headers(letter.record.headers)
    except BadEnvelope:
        return None
    # A problem that cannot be copied must not become another one.
    if envelope.tenantid is None or envelope.type == Problem.ce_type:
        return None
    subject, type_ = _stored(envelope.subject), _stored(envelope.type)
    cause = Cause(
        _stored(envelope.id),
        _stored(envelope.correlationid or envelope.id),
        _stored(envelope.traceparent) if envelope.traceparent else None,
    )
    found = FoundProblem(Reason.NOT_TAKEN_IN, {"what": _spoken(type_), "id": subject})
    return Finding(envelope.tenantid, uuid5(envelope.tenantid, f"{type_} {subject}"), cause, (found,))


def _stored(text: str) -> str:
    """A header as Postgres can store it."""
    return text[:_LONGEST].replace("\x00", "\\x00")


def _spoken(type_: str) -> str:
    """The record that events of a type tell of: `xero.contact.v1` is a contact in Xero."""
    side, _, name = type_.rpartition(".")[0].partition(".")
    words = name.replace("-", " ").replace("_", " ") or type_
    return f"{words} in Xero" if side == "xero" else words
