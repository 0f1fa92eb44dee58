"""Finds everything that is wrong with a record now, from its state alone (SYS-2)."""

from hashlib import blake2b
from typing import Any

from tieout_kit.problems.store import Finding, FoundProblem
from tieout_kit.sync import EffectState, Objection, Work
from tieout_schemas.problem import ProblemKind
from tieout_schemas.reasons import Reason

_REFUSED = frozenset({ProblemKind.REFUSED})


def finding_of(work: Work[Any, Any]) -> Finding | None:
    """Everything that is wrong with a record; None if nothing changed since the last time and nobody retried it.

    Stores the fingerprints of what it found in the record's state, for the next time.
    """
    found = (*_held(work), *_refused(work), *_in_conflict(work))
    fingerprints = tuple(sorted(_fingerprint(one) for one in found))
    on_its_way = work.state.main.flight or any(other.flight for other in work.state.others.values())
    # The record is sent again: Xero's answer will tell whether the refusal stands.
    undecided = _REFUSED if on_its_way else frozenset()
    if on_its_way:
        fingerprints = (*fingerprints, *_refused_before(work.state.reported, fingerprints))
    if fingerprints == work.state.reported and not work.retried_by:
        return None
    work.state.reported = fingerprints
    version = work.facts.settings.version
    return Finding(
        work.tenant_id, work.record.id, work.cause, found, undecided,
        settings_version=version, retried_by=work.retried_by,
    )  # fmt: skip


def reasons_of(work: Work[Any, Any]) -> list[str]:
    """The codes of everything that is wrong with a record now."""
    return sorted({found.reason.code for found in (*_held(work), *_refused(work), *_in_conflict(work))})


_REFUSED_MARK = f"{ProblemKind.REFUSED}:"
_RESENT_MARK = "?"
"""Appended to the fingerprint of a refusal that is sent again, so that the same refusal counts as new if it returns."""


def _refused_before(before: tuple[str, ...], fingerprints: tuple[str, ...]) -> list[str]:
    """Refusals from before, which stay open until Xero's answer."""
    refused = [one.removesuffix(_RESENT_MARK) for one in before if one.startswith(_REFUSED_MARK)]
    return [one + _RESENT_MARK for one in refused if one not in fingerprints]


def _fingerprint(found: FoundProblem) -> str:
    """A short form of a problem, to see whether it has changed."""
    text = f"{found.cause}\n{found.reason.sentence(found.params)}"
    return f"{found.reason.value.problem_kind}:{blake2b(text.encode(), digest_size=8).hexdigest()}"


def _held(work: Work[Any, Any]) -> list[FoundProblem]:
    held = [FoundProblem(hold.reason, hold.params, hold.on) for hold in work.holds]
    return [*held, *(FoundProblem(notice.reason, notice.params) for notice in work.notices)]


def _refused(work: Work[Any, Any]) -> list[FoundProblem]:
    effects: list[EffectState] = [work.state.main, *work.state.others.values()]
    found = [_objection(left_out.objection) for left_out in work.state.left_out.values()]
    for effect in effects:
        if refused := effect.refused:
            kind = work.kind.name
            if refused.cancelled_by:
                found.append(FoundProblem(Reason.WRITE_CANCELLED, {"kind": kind, "by": refused.cancelled_by}))
            elif refused.objections:
                found += [_objection(each) for each in refused.objections]
            else:
                found.append(
                    FoundProblem(Reason.REFUSED_BY_XERO, {"kind": kind, "messages": "; ".join(refused.messages)})
                )
    return found


def _objection(objection: Objection) -> FoundProblem:
    return FoundProblem(Reason.of(objection.code), objection.params)


def _in_conflict(work: Work[Any, Any]) -> list[FoundProblem]:
    found = [
        FoundProblem(
            Reason.CHANGED_ON_BOTH_SIDES, {"kind": work.kind.name, "field": name, "ours": ours, "theirs": theirs}
        )
        for name, (ours, theirs) in work.state.conflict.items()
    ]
    if work.state.duplicate and work.link and not work.gone:
        params = {"kind": work.kind.name, "xero_id": str(work.link.xero_id), "other": str(work.state.duplicate)}
        found.append(FoundProblem(Reason.TWICE_IN_XERO, params))
    return found
