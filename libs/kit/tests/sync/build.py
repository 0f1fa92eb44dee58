"""Builders with good defaults for tests of single rules."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field
from tieout_kit.sync.state import Link, State
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.bodies import GroupMemberBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult

from .database import CAUSE, SETTINGS, connection
from .kinds import CONTACT
from .names import TENANT, ident
from .readings import EPOCH
from .records import ORIGIN, Contact, SeenContact

A, X1, X2 = ident("A"), ident("X1"), ident("X2")
NOTHING: Final = object()
"""In a base: equals no value."""
NOW = 5000
Base = Mapping[str, tuple[object, object]]


def facts(*, now: int = NOW, connected: bool = True, **chosen: Any) -> Facts:
    """What rules see, at this moment."""
    moment = EPOCH + timedelta(milliseconds=now)
    return Facts(TENANT, connection(connected), SETTINGS.replace(**chosen), moment, more=1)


def contact(**values: Any) -> Contact:
    """Contact A, empty but for this."""
    return Contact(id=A, origin=ORIGIN, **values)


def seen(sequence: int = 100, *, xero_id: UUID = X1, at: int = 0, **values: Any) -> Seen[SeenContact]:
    """Xero's contact X1, empty but for this, changed there at this moment."""
    blank = {"name": "", "email": "", "account_number": "", "phone": "", "total": "", "gone": False}
    moment = EPOCH + timedelta(milliseconds=at)
    return Seen(sequence, SeenContact(xero_id=xero_id, updated_at=moment, **{**blank, **values}))


def base_of(pairs: Base) -> dict[str, tuple[str, str]]:
    """What we had and what Xero showed, by field."""

    def remembered(value: object) -> str:
        return NEVER if value is NOTHING else mark(value)

    return {name: (remembered(here), remembered(there)) for name, (here, there) in pairs.items()}


def unlinked(ours: Contact, known: Facts | None = None) -> Work[Any, Any]:
    """A contact that is not in Xero."""
    return Work(CONTACT, TENANT, ours, State(), known or facts(), CAUSE)


def linked(
    ours: Contact,
    there: Seen[SeenContact] | None,
    base: Base | None = None,
    known: Facts | None = None,
    by: str = "test",
) -> Work[Any, Any]:
    """A contact that is Xero's contact X1, with this base; without one, all fields are in step as they are here."""
    work = unlinked(ours, known)
    if base is None:
        base = {each.name: (value := getattr(ours, each.name), value) for each in _fields()}
    work.state.link = Link(xero_id=X1, since=0, by=by, base=base_of(base))
    work.seen = there
    return work


def member() -> GroupMemberBody:
    """Xero's contact X1 in its group."""
    return GroupMemberBody(group_xero_id=ident("G1"), contact_xero_id=X1)


def _fields() -> tuple[Field, ...]:
    return CONTACT.fields


def answering(
    there: Seen[SeenContact], intent: WriteIntent, *explains: str, done: bool = True, stamp: UUID = A
) -> Seen[SeenContact]:
    """The same, made from the answer to this intent."""
    answers = intent.answers(done=done, explains=explains).replace(record=RecordRef(kind="contact", id=A))
    return Seen(there.sequence, there.snapshot.replace(answers=answers, record_id=stamp))


def result(intent: WriteIntent, outcome: Outcome, sequence: int = 0, xero_id: UUID | None = X1) -> WriteResult:
    """The gateway's answer to this intent."""
    messages = ("no",) if outcome is Outcome.REFUSED else ()
    return intent.result(outcome, xero_id=xero_id, snapshot_sequence=sequence, messages=messages)
