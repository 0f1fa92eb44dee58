"""A snapshot of Xero's record changes ours. Source: docs/sync-semantics.md, section 3. Pure."""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from tieout_kit.sync.decide import add_once
from tieout_kit.sync.field import Field
from tieout_kit.sync.kind import Kind, Written
from tieout_kit.sync.linking import base_of, is_detached, open_link, see
from tieout_kit.sync.merge import is_same
from tieout_kit.sync.state import CREATED, Flight
from tieout_kit.sync.values import NEVER, UNKNOWN, is_empty
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.payload import Answers
from tieout_schemas.platform import PlatformRecord


def take_in(work: Work[Any, Any], seen: Seen[Any]) -> bool:
    """Apply a snapshot of the record that ours is linked to, or becomes linked to by its own create. False: it is not
    newer than the last one, and changes nothing."""
    snapshot, flight, answers = seen.snapshot, work.state.main.flight, seen.snapshot.answers
    if work.seen and seen.sequence <= work.seen.sequence:
        return False
    ours = flight is not None and answers is not None and answers.intent_id == flight.intent.intent_id
    if answers and not answers.done:
        tried = flight or work.state.main.stale
        if tried and tried.intent.intent_id == answers.intent_id:
            _explain(work, tried, seen, answers)
    elif flight and answers and ours:
        if flight.xero_id is None and work.link is None:
            open_created(work, snapshot.xero_id, None)
        complete(work, seen, answers.explains)
    elif flight and flight.done_at and seen.sequence > flight.done_at:
        # Kafka has compacted away the snapshot that answers the flight.
        complete(work, seen, ())
    elif answers and answers.record.id == work.record.id and answers.revision not in work.state.main.revisions:
        _restored(work, answers)
    see(work, seen)
    if seen.sequence >= work.state.main.awaits:
        work.state.main.stale = None
    return True


def detached(work: Work[Any, Any], seen: Seen[Any]) -> bool:
    """Apply a snapshot of a record of Xero that ours was linked to. Returns whether it answers the flight."""
    flight, answers = work.state.main.flight, seen.snapshot.answers
    if not flight or flight.xero_id != seen.snapshot.xero_id or not is_detached(work):
        return False
    ours = answers is not None and answers.intent_id == flight.intent.intent_id
    if answers and ours and not answers.done:
        _explain(work, flight, seen, answers)
        return True
    if (answers and ours) or (flight.done_at and seen.sequence > flight.done_at):
        complete(work, seen, answers.explains if answers and ours else ())
        return True
    return False


def open_created(work: Work[Any, Any], xero_id: UUID, there: Seen[Any] | None) -> None:
    """Link our record to the one that Xero has created. `there`: its newest snapshot, if one came before."""
    open_link(work, xero_id, CREATED, there)
    work.state.created_xero_id = xero_id


def complete(work: Work[Any, Any], seen: Seen[Any], explains: Collection[str]) -> None:
    """Xero has done what was sent, and shows this snapshot. Updates the base of the link that the intent was for."""
    main = work.state.main
    flight = main.flight
    assert flight
    xero_id = seen.snapshot.xero_id
    base = base_of(work, xero_id)
    for name in flight.pending:
        each = work.kind.by_name[name]
        sent, shown = _sent(work.kind, each, flight), each.theirs(seen.snapshot, work.facts)
        if is_empty(sent) and each.body_name not in explains:
            # An empty value explains nothing.
            base[name] = (each.mark(sent), NEVER)
        elif shown is not UNKNOWN and (each.body_name in explains or is_same(each, sent, shown)):
            base[name] = (each.mark(sent), each.mark(shown))
        else:
            base[name] = (each.mark(sent), each.mark(sent))
    main.flight, main.refused, main.stale = None, None, None
    if work.link and work.link.xero_id == xero_id:
        created = flight.intent.xero_id is None
        add_once(work, work.kind.once(work.record, Written(xero_id, flight.intent.revision, flight.pending, created)))


def _explain(work: Work[Any, Any], flight: Flight, seen: Seen[Any], answers: Answers) -> None:
    """Update the base for what a lost call did in Xero."""
    base = base_of(work, seen.snapshot.xero_id)
    for name in flight.pending:
        each = work.kind.by_name[name]
        shown = each.theirs(seen.snapshot, work.facts)
        if each.body_name in answers.explains and shown is not UNKNOWN:
            base[name] = (each.mark(_sent(work.kind, each, flight)), each.mark(shown))


def _restored(work: Work[Any, Any], answers: Answers) -> None:
    """This database was restored and is older than what was sent. An edit before that is in Xero, or was overruled
    there."""
    main, link = work.state.main, work.link
    main.last = max(main.last, answers.revision)
    for each in work.kind.fields:
        if link and each.body_name in answers.explains and work.state.changed_at.get(each.name, 0) <= answers.revision:
            link.base[each.name] = (each.mark(getattr(work.record, each.name)), NEVER)


def _sent(kind: Kind[Any, Any], each: Field, flight: Flight) -> Any:
    """The value of a field that was sent."""
    record: type[PlatformRecord] = kind.record
    return _adapter(record, each.name).validate_python(flight.sent[each.name])


@cache
def _adapter(record: type[PlatformRecord], name: str) -> TypeAdapter[Any]:
    annotation: Any = record.model_fields[name].annotation
    return TypeAdapter(annotation)
