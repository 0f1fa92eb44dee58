"""What should be in Xero because of a record, what holds it, what is sent now. Source: docs/sync-semantics.md. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from tieout_kit.sync.answers import Hold, Notice, Stay
from tieout_kit.sync.field import Field, Owner, content
from tieout_kit.sync.kind import Effect
from tieout_kit.sync.state import CREATED, EffectState, Flight, OtherEffect
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import Body
from tieout_schemas.payload import RecordRef
from tieout_schemas.reasons import Reason
from tieout_schemas.references import CONNECTION
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import Lane, WriteIntent


def wanted(work: Work[Any, Any]) -> dict[str, Any]:
    """The values that Xero's record should show. Fields in conflict, fields that belong to Xero, and fields that Xero
    refuses are left out."""
    settings, linked = work.facts.settings, work.link is not None
    fields = [each for each, always in work.kind.sendable if always or _may_send(each, settings, linked)]
    if work.state.conflict or work.state.left_out:
        fields = [each for each in fields if each.name not in work.state.conflict and not is_left_out(work, each.name)]
    return content(work.record, fields)


def _may_send(each: Field, settings: TenantSettings, linked: bool) -> bool:
    owner = each.owner_for(settings)
    theirs_alone = owner is Owner.XERO_ALONE or (owner is Owner.XERO and linked)
    return not theirs_alone and each.synced(settings)


def pending(work: Work[Any, Any], parts: dict[str, Any]) -> tuple[str, ...]:
    """The names of those fields that Xero's record does not show as wanted yet."""
    link = work.link
    if link is None:
        return tuple(parts)
    return tuple(name for name in parts if link.base.get(name, (NEVER,))[0] != work.mark(name))


def is_left_out(work: Work[Any, Any], name: str) -> bool:
    """Whether Xero refuses the present value of a field, so that the others go without it."""
    left_out = work.state.left_out.get(name)
    return left_out is not None and left_out.mark == work.mark(name)


def drop_settled(work: Work[Any, Any]) -> None:
    """Forget refused values that are no longer wanted, or that Xero shows after all."""
    base = work.link.base if work.link else {}
    for name, left_out in list(work.state.left_out.items()):
        ours, theirs = base.get(name, (NEVER, NEVER))
        if not is_left_out(work, name) or (ours == left_out.mark and theirs != NEVER):
            del work.state.left_out[name]


def is_under_way(work: Work[Any, Any]) -> bool:
    """Whether exactly the wanted values were sent and are unanswered: then none of them waits."""
    flight = work.state.main.flight
    return flight is not None and flight.wanted == _marks(work, wanted(work))


def judge_rules(work: Work[Any, Any]) -> None:
    """Apply every rule, and collect all reasons, not only the first."""
    work.stays, holds, notices = work.gone or work.state.by_hand, [], []
    if not work.facts.connection.open:
        holds.append(Hold(Reason.NOT_CONNECTED, {"kind": work.kind.name}, on=CONNECTION))
    for rule in work.kind.rules:
        found = rule(work.record, work.facts)
        if found is None:
            continue
        for answer in found if isinstance(found, Sequence) else (found,):
            match answer:
                case Stay():
                    work.stays = True
                case Hold():
                    holds.append(answer)
                case Notice():
                    notices.append(answer)
    work.holds, work.notices = holds, notices


def advance(work: Work[Any, Any]) -> tuple[str, ...]:
    """Send the record if it may be sent now; returns the pending fields."""
    state, main = work.state, work.state.main
    parts = wanted(work)
    open_fields = pending(work, parts)
    if main.refused and not _stands(main, _marks(work, parts), work.seen_sequence):
        main.refused = None
    if not open_fields:
        main.refused = None
    unseen = state.link is not None and work.seen is None
    ready = open_fields and not work.stays and not work.holds and not main.flight and not main.refused
    if ready and not unseen and work.seen_sequence >= main.awaits:
        _send(work, parts, open_fields)
    return open_fields


def advance_others(work: Work[Any, Any]) -> bool:
    """Send the other effects that may be sent now; returns whether a hold keeps one of them."""
    link = work.link
    _drop_finished(work)
    if link is None or work.gone:
        return False
    _want(work, work.kind.effects(work.record, work.facts, link.xero_id))
    waits = False
    for name, effect in work.state.others.items():
        if effect.refused and not _stands(effect, body_marks(effect.wanted), work.seen_sequence):
            effect.refused = None
        if effect.agreed == (effect.wanted,) or effect.flight or effect.refused or work.stays:
            continue
        if work.holds:
            waits = True
        elif not effect.after or _is_done(work, effect.after):
            _send_other(work, link.xero_id, name, effect)
    return waits


def add_once(work: Work[Any, Any], effects: Iterable[Effect]) -> None:
    """Add effects that happen once, because Xero has accepted something."""
    for effect in effects:
        if effect.name not in work.state.others:
            other = OtherEffect(wanted=effect.body, lane=effect.lane, once=True, after=effect.after)
            work.state.others[effect.name] = other


def body_marks(body: Body | None) -> dict[str, str]:
    """The mark of an effect's body; None: the effect should be absent."""
    return {"body": mark(body)}


def _send(work: Work[Any, Any], parts: dict[str, Any], open_fields: tuple[str, ...]) -> None:
    main, link = work.state.main, work.link
    main.note_revision(max(main.last + 1, work.facts.now_ms))
    intent = WriteIntent(
        record=RecordRef(kind=work.kind.name, id=work.record.id),
        effect=work.kind.name,
        revision=main.last,
        xero_id=link.xero_id if link else None,
        base_sequence=work.seen_sequence if link else None,
        replaces=None if link else work.state.created_xero_id,
        lane=work.kind.lane,
        body=work.kind.compose(_as_linked(work), work.facts, parts),
    )
    sent = {name: to_jsonable_python(parts[name]) for name in open_fields}
    main.flight = Flight(
        intent=intent,
        left_at=work.facts.now_ms,
        seen=work.seen_sequence,
        xero_id=intent.xero_id,
        sent=sent,
        pending=open_fields,
        wanted=_marks(work, parts),
    )
    work.intents.append(intent)


def _as_linked(work: Work[Any, Any]) -> Any:
    """The record with its present link: `sync` is updated only after all decisions."""
    xero_id = work.link.xero_id if work.link else None
    if work.record.sync.xero_id == xero_id:
        return work.record
    return work.record.replace(sync=work.record.sync.replace(xero_id=xero_id))


def _send_other(work: Work[Any, Any], xero_id: UUID, name: str, effect: OtherEffect) -> None:
    body = effect.wanted if effect.wanted is not None else effect.undo
    if body is None:
        return
    if not effect.once:
        effect.note_revision(max(effect.last + 1, work.facts.now_ms))
    intent = WriteIntent(
        record=RecordRef(kind=work.kind.name, id=work.record.id),
        effect=name,
        # An effect that happens once has its revision in its name. A revision from the clock would send it twice after
        # a restore.
        revision=int(name.rpartition(":")[2]) if effect.once else effect.last,
        attempt=effect.attempt,
        xero_id=xero_id,
        lane=Lane(effect.lane),
        body=body,
    )
    effect.flight = Flight(
        intent=intent,
        left_at=work.facts.now_ms,
        seen=work.seen_sequence,
        xero_id=xero_id,
        wanted=body_marks(effect.wanted),
    )
    work.intents.append(intent)


def _want(work: Work[Any, Any], effects: Sequence[Effect]) -> None:
    """Update what is wanted of effects that describe a state; an effect that is not listed should be absent."""
    others, listed = work.state.others, {effect.name: effect for effect in effects}
    for name, effect in listed.items():
        if name not in others:
            # Unknown if Xero's record existed before the link: it may have the effect already.
            created = work.link is not None and work.link.by == CREATED
            others[name] = OtherEffect(agreed=(None,) if created else ())
        other = others[name]
        other.wanted = None if effect.absent else effect.body
        other.undo, other.lane, other.after = effect.undo, effect.lane, effect.after
    for name, other in others.items():
        if name not in listed and not other.once:
            other.wanted = None
            if other.undo is None:
                # It cannot be undone: it stays in Xero, and nothing is left to do.
                other.agreed = (None,)


def _drop_finished(work: Work[Any, Any]) -> None:
    done = [n for n, e in work.state.others.items() if e.once and e.agreed == (e.wanted,)]
    for name in done:
        del work.state.others[name]


def _is_done(work: Work[Any, Any], name: str) -> bool:
    other = work.state.others.get(name)
    return other is None or other.agreed == (other.wanted,)


def _stands(effect: EffectState, now_wanted: dict[str, str], seen: int) -> bool:
    """A refusal stands until something else is wanted, or a newer snapshot than the refused one was seen."""
    refused = effect.refused
    return refused is not None and refused.wanted == now_wanted and seen <= refused.sequence


def _marks(work: Work[Any, Any], parts: dict[str, Any]) -> dict[str, str]:
    """Marks of what is wanted, with the Xero ids of the dependencies: another contact of the same vendor counts as
    another value."""
    marks = {name: work.mark(name) for name in parts}
    for each in work.kind.depends_on:
        copy = work.facts.copy_of(each.record, each.id_of(work.record))
        marks[f"xero_id of {each.record.kind}"] = mark(copy.sync.xero_id if copy else None)
    return marks
