"""Opens, closes and reopens links between our records and Xero's. Source: docs/sync-semantics.md. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tieout_kit.errors import Clash
from tieout_kit.sync.arrival import XeroOnly
from tieout_kit.sync.facts import ms
from tieout_kit.sync.state import Link
from tieout_kit.sync.work import Seen, Work


def open_link(work: Work[Any, Any], xero_id: UUID, by: str, seen: Seen[Any] | None) -> None:
    """Link our record to a record of Xero. If the two were linked before, the old base is used again."""
    state = work.state
    old = next((link for link in state.closed if link.xero_id == xero_id), None)
    state.closed = [link for link in state.closed if link is not old]
    base = old.base if old else {}
    state.link = Link(xero_id=xero_id, since=work.facts.now_ms, by=by, base=base)
    state.by_hand = False
    if state.duplicate == xero_id:
        state.duplicate = None
    work.seen = None
    if seen:
        see(work, seen)
    for other in state.others.values():
        if not other.once:
            # Unknown: this record of Xero may have the effect already.
            other.agreed, other.refused = (), None


def see(work: Work[Any, Any], seen: Seen[Any]) -> None:
    """Take a snapshot as Xero's present record."""
    assert work.link
    updated_at = ms(seen.snapshot.updated_at)
    # UpdatedDateUTC does not change with every change of a record. If it did not, the time of the reading counts.
    work.link.changed_there = seen.sequence if work.link.updated_at == updated_at else updated_at
    work.link.updated_at = updated_at
    work.seen = seen


def unlink(work: Work[Any, Any]) -> None:
    """A person undoes a link. Nothing creates or links the record again until a person does. Raises Clash."""
    state = work.state
    if state.link is None:
        raise Clash(f"this {work.kind.name} is not linked to a record of Xero")
    close_link(work)
    state.conflict = {}
    state.main.refused, state.main.awaits, state.main.stale = None, 0, None
    state.by_hand = True


def close_link(work: Work[Any, Any]) -> None:
    """Close the link and keep its base. The flight stays until its answer, which then only ends the flight."""
    state = work.state
    assert state.link
    state.link.until = work.facts.now_ms
    state.closed.append(state.link)
    state.link, work.seen = None, None


def move_link(work: Work[Any, Any], found: XeroOnly[Any], by: str) -> None:
    """Move the link to another record of Xero, for which the two meet for the first time."""
    state = work.state
    close_link(work)
    state.conflict = {}
    state.main.refused, state.main.awaits, state.main.stale = None, 0, None
    open_link(work, found.snapshot.xero_id, by, Seen(found.sequence, found.snapshot))


def link(work: Work[Any, Any], found: XeroOnly[Any], by: str) -> None:
    """A person links a record. Raises Clash if it is linked, or if a create is in flight, which would be a second
    record of Xero."""
    state = work.state
    if state.link:
        raise Clash(f"this {work.kind.name} is linked to {state.link.xero_id} already: unlink it first")
    if is_being_made(work):
        raise Clash(f"this {work.kind.name} is just being made in Xero: try again once it is there")
    if work.kind.gone(found.snapshot):
        raise Clash("that record of Xero is archived, voided or deleted")
    open_link(work, found.snapshot.xero_id, by, Seen(found.sequence, found.snapshot))


def export(work: Work[Any, Any]) -> None:
    """A person lets a record that was unlinked by hand be created in Xero. Raises Clash."""
    if work.link or not work.state.by_hand:
        raise Clash(f"this {work.kind.name} was not unlinked by hand")
    work.state.by_hand = False


def is_being_made(work: Work[Any, Any]) -> bool:
    """Whether a create is in flight. Linked to another record of Xero meanwhile, the record would be in Xero twice."""
    flight = work.state.main.flight
    return flight is not None and flight.xero_id is None


def is_detached(work: Work[Any, Any]) -> bool:
    """Whether the flight is about a link that was closed since."""
    flight = work.state.main.flight
    if not flight or flight.xero_id is None:
        return False
    return work.link is None or flight.xero_id != work.link.xero_id


def base_of(work: Work[Any, Any], xero_id: UUID) -> dict[str, tuple[str, str]]:
    """The base of the link to this record of Xero, open or closed; changes to it count."""
    state = work.state
    links: Mapping[UUID, Link] = {link.xero_id: link for link in state.closed}
    if state.link and state.link.xero_id == xero_id:
        return state.link.base
    return links[xero_id].base if xero_id in links else {}
