"""What is wrong with a record now, every reason at once, told from its state alone (SYS-2)."""

from hashlib import blake2b
from typing import Any

from tieout_kit.problems.store import Finding, Found
from tieout_kit.sync import EffectState, Work
from tieout_schemas.problem import ProblemKind
from tieout_schemas.reasons import Reason

_REFUSED = frozenset({ProblemKind.REFUSED})


def finding_of(work: Work[Any, Any]) -> Finding | None:
    """All that is wrong with a record; None: what it was last, and nobody asked. Notes what it will be last."""
    found = (*_held(work), *_refused(work), *_in_conflict(work))
    told = tuple(sorted(_told(one) for one in found))
    on_its_way = work.state.main.flight or any(other.flight for other in work.state.others.values())
    # Sent once more: whether Xero takes it now, its answer tells.
    undecided = _REFUSED if on_its_way else frozenset()
    if on_its_way:
        told = (*told, *_left(work.state.told, told))
    if told == work.state.told and not work.retried_by:
        return None
    work.state.told = told
    version = work.facts.settings.version
    return Finding(
        work.tenant_id, work.record.id, work.cause, found, undecided,
        settings_version=version, retried_by=work.retried_by,
    )  # fmt: skip


_REFUSED_MARK = f"{ProblemKind.REFUSED}:"
_AGAIN = "?"
"""Behind what was refused and is sent once more: refused again in the same words, it is told again."""


def _left(before: tuple[str, ...], told: tuple[str, ...]) -> list[str]:
    """What was refused, and stays open until Xero's answer."""
    refused = [one.removesuffix(_AGAIN) for one in before if one.startswith(_REFUSED_MARK)]
    return [one + _AGAIN for one in refused if one not in told]


def _told(found: Found) -> str:
    """A short form of a problem, to see whether it is told differently now."""
    text = f"{found.cause}\n{found.reason.sentence(found.params)}"
    return f"{found.reason.value.what}:{blake2b(text.encode(), digest_size=8).hexdigest()}"


def _held(work: Work[Any, Any]) -> list[Found]:
    held = [Found(hold.reason, hold.params, hold.on) for hold in work.holds]
    return [*held, *(Found(notice.reason, notice.params) for notice in work.notices)]


def _refused(work: Work[Any, Any]) -> list[Found]:
    effects: list[EffectState] = [work.state.main, *work.state.others.values()]
    found = []
    for effect in effects:
        if refused := effect.refused:
            kind = work.kind.name
            if refused.cancelled_by:
                found.append(Found(Reason.WRITE_CANCELLED, {"kind": kind, "by": refused.cancelled_by}))
            else:
                found.append(Found(Reason.REFUSED_BY_XERO, {"kind": kind, "messages": "; ".join(refused.messages)}))
    return found


def _in_conflict(work: Work[Any, Any]) -> list[Found]:
    found = [
        Found(Reason.CHANGED_ON_BOTH_SIDES, {"kind": work.kind.name, "field": name, "ours": ours, "theirs": theirs})
        for name, (ours, theirs) in work.state.conflict.items()
    ]
    if work.state.duplicate and work.link and not work.gone:
        params = {"kind": work.kind.name, "xero_id": str(work.link.xero_id), "other": str(work.state.duplicate)}
        found.append(Found(Reason.TWICE_IN_XERO, params))
    return found
