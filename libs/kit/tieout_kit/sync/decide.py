"""What of a record should be in Xero, what keeps it, and what leaves now. Source: docs/sync-semantics.md. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from tieout_kit.sync.answers import Hold, Notice, Stay
from tieout_kit.sync.field import Owner, content
from tieout_kit.sync.kind import Effect
from tieout_kit.sync.state import CREATED, EffectState, Flight, OtherEffect
from tieout_kit.sync.values import NEVER, mark
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import Body
from tieout_schemas.payload import RecordRef
from tieout_schemas.reasons import Reason
from tieout_schemas.references import CONNECTION
from tieout_schemas.writes import Lane, WriteIntent


def wanted(work: Work[Any, Any]) -> dict[str, Any]:
    """The values that Xero's record should show. A field in conflict is left out, and Xero's own is never sent."""
    settings = work.facts.settings
    sent = []
    for each in work.kind.fields:
        owner = each.owner_for(settings)
        theirs_alone = owner is Owner.XERO_ALONE or (owner is Owner.XERO and work.link is not None)
        if not theirs_alone and each.synced(settings) and each.name not in work.state.conflict:
            sent.append(each)
    return content(work.record, sent)


def pending(work: Work[Any, Any], parts: dict[str, Any]) -> tuple[str, ...]:
    """Which of these do not follow from what Xero's record shows already."""
    link = work.link
    if link is None:
        return tuple(parts)
    return tuple(name for name in parts if link.base.get(name, (NEVER,))[0] != work.mark(name))


def is_under_way(work: Work[Any, Any]) -> bool:
    """Whether just this was sent and has no answer yet: then nothing of it waits."""
    flight = work.state.main.flight
    return flight is not None and flight.wanted == _marks(work, wanted(work))


def judge_rules(work: Work[Any, Any]) -> None:
    """Apply every rule: all reasons count, not only the first."""
    work.stays, holds, notices = work.gone or work.state.by_hand, [], []
    if not work.facts.connection.open:
        holds.append(Hold(Reason.NOT_CONNECTED, {"kind": work.kind.name}, on=CONNECTION))
    for rule in work.kind.rules:
        found = rule(work.record, work.facts)
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
    """Send what may leave now; which fields are pending."""
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
    """Send what may leave of the other effects; whether one waits for a hold."""
    link = work.link
    _drop_finished(work)
    if link is None or work.gone or work.state.by_hand:
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
    """Effects that happen once, because Xero has taken something."""
    for effect in effects:
        if effect.name not in work.state.others:
            other = OtherEffect(wanted=effect.body, lane=effect.lane, once=True, after=effect.after)
            work.state.others[effect.name] = other


def body_marks(body: Body | None) -> dict[str, str]:
    """What is wanted of an effect that is one body; None: that it is absent."""
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
        replaces=None if link else work.state.made,
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
    """The record with the link that it has now: its `sync` is told anew only after every decision."""
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
        # What happens once tells of the revision in its name: by the clock it would come twice after a restore.
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
    """What is wanted of effects that describe a state; what is listed no more is wanted absent."""
    others, listed = work.state.others, {effect.name: effect for effect in effects}
    for name, effect in listed.items():
        if name not in others:
            # Of a record that was there before us, or was linked anew, it is not known what it has.
            created = work.link is not None and work.link.by == CREATED
            others[name] = OtherEffect(agreed=(None,) if created else ())
        other = others[name]
        other.wanted = None if effect.absent else effect.body
        other.undo, other.lane, other.after = effect.undo, effect.lane, effect.after
    for name, other in others.items():
        if name not in listed and not other.once:
            other.wanted = None
            if other.undo is None:
                # Nothing takes it back: it stays in Xero, and nothing is left to do.
                other.agreed = (None,)


def _drop_finished(work: Work[Any, Any]) -> None:
    done = [n for n, e in work.state.others.items() if e.once and not e.flight and e.agreed == (e.wanted,)]
    for name in done:
        del work.state.others[name]


def _is_done(work: Work[Any, Any], name: str) -> bool:
    other = work.state.others.get(name)
    return other is None or other.agreed == (other.wanted,)


def _stands(effect: EffectState, now_wanted: dict[str, str], seen: int) -> bool:
    """A refusal stands until something else is wanted, or Xero's record is seen to be another than the refused one."""
    refused = effect.refused
    return refused is not None and refused.wanted == now_wanted and seen <= refused.sequence


def _marks(work: Work[Any, Any], parts: dict[str, Any]) -> dict[str, str]:
    """What is wanted, and where: to Xero, the same vendor linked to another contact is something else."""
    marks = {name: work.mark(name) for name in parts}
    for each in work.kind.depends_on:
        copy = work.facts.copy_of(each.record, each.id_of(work.record))
        marks[f"xero_id of {each.record.kind}"] = mark(copy.sync.xero_id if copy else None)
    return marks
