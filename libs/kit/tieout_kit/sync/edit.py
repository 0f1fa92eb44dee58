"""What a person or the platform changes. Source: docs/sync-semantics.md, section 3 (edit). Pure."""

from collections.abc import Mapping
from typing import Any

from tieout_kit.errors import Clash, Refused
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.merge import lose
from tieout_kit.sync.state import Link
from tieout_kit.sync.values import NEVER, UNKNOWN
from tieout_kit.sync.work import Work
from tieout_schemas.payload import Origin


class StateUnknown(Refused):
    """The state that a request was made on is not named, or not known any more."""

    status = 428


def edit(work: Work[Any, Any], wanted: Mapping[str, Any], was: Mapping[str, Any], origin: Origin) -> bool:
    """Change the fields in which `wanted` differs from `was`, the state that the edit was made on. Returns whether
    anything changed.

    Raises Clash if such a field was changed here since, or belongs to Xero. Only what `Field.counts` returns is
    compared: lines that received Xero's ids meanwhile are the same lines, and receive them again.
    """
    changed = {name: value for name, value in wanted.items() if value != was[name]}
    fields = work.kind.by_name
    for name, value in changed.items():
        now, counts = getattr(work.record, name), fields[name].counts if name in fields else _all_of_it
        if value != now and counts(now) != counts(was[name]):
            raise Clash(f"{name} of this {work.kind.name} was changed meanwhile: read it again", field=name)
        if name in fields and work.link and fields[name].owner_for(work.facts.settings) is Owner.XERO:
            whose = f"{name} of this {work.kind.name} is Xero's, by the tenant's settings"
            raise Clash(f"{whose}: change it there", field=name)
    new = {name: value for name, value in changed.items() if getattr(work.record, name) != value}
    if not new:
        return False
    work.record = work.record.replace(**new)
    for name in new:
        work.state.changed_at[name] = work.facts.now_ms
    work.asked_origin = origin
    return True


def _all_of_it(value: Any) -> Any:
    return value


def created(work: Work[Any, Any], origin: Origin) -> None:
    """Note that the record was created just now."""
    for each in work.kind.fields:
        work.state.changed_at[each.name] = work.facts.now_ms
    work.asked_origin = origin


def resolve(work: Work[Any, Any], name: str, keep: Owner, ours: str, theirs: str, origin: Origin) -> None:
    """A person decides which of two values stands, and names both. Raises Clash if one of them has changed since."""
    link, seen = work.link, work.seen
    if work.state.conflict.get(name) != (ours, theirs) or not link or not seen or work.gone:
        raise Clash(f"{name} of this {work.kind.name} is no such conflict any more: read it again", field=name)
    each = work.kind.by_name[name]
    shown = each.theirs(seen.snapshot, work.facts)
    if shown is UNKNOWN:
        raise Clash(f"{name} of this {work.kind.name} cannot be determined now", field=name)
    del work.state.conflict[name]
    _decide_for(work, link, each, keep, shown)
    work.asked_origin = origin


def _decide_for(work: Work[Any, Any], link: Link, each: Field, keep: Owner, shown: Any) -> None:
    name = each.name
    if keep is Owner.PLATFORM:
        lose(work, name, shown, Owner.XERO, Owner.LATEST)
        link.base[name] = (NEVER, each.mark(shown))
        return
    lose(work, name, getattr(work.record, name), Owner.PLATFORM, Owner.LATEST)
    work.record = work.record.replace(**{name: shown})
    link.base[name] = (each.mark(shown), each.mark(shown))


def retry(work: Work[Any, Any], by: str) -> None:
    """A person retries what was refused."""
    work.state.main.refused = None
    work.state.left_out = {}
    for other in work.state.others.values():
        other.refused = None
    work.retried_by = by
