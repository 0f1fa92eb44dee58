"""CONN-10: a run goes on from page to page until every resource was read to its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_schemas.payload import Frozen
from tieout_schemas.runs import ResourceRead, RunKind, SyncRun


class Part(Frozen):
    """What a run has read of one resource so far."""

    read: int = 0
    changed: int = 0
    ended: bool = False


class Run(Frozen):
    """A run under way."""

    kind: RunKind
    started_at: datetime
    parts: Mapping[str, Part] = {}


def after_page(run: Run, resource: str, read: int, changed: int, *, last: bool) -> Run:
    """The run after a page of a resource; `last`: there is no further one."""
    part = run.parts.get(resource, Part())
    # One that is polled again while others are still to be read counts on.
    counted = Part(read=part.read + read, changed=part.changed + changed, ended=part.ended or last)
    return run.replace(parts={**run.parts, resource: counted})


def ended(run: Run, resources: Sequence[str], tenant_id: UUID, now: datetime) -> SyncRun | None:
    """The run as it is told of, once every one of these resources was read to its end."""
    if not all(name in run.parts and run.parts[name].ended for name in resources):
        return None
    reads = [(name, run.parts[name]) for name in resources]
    return SyncRun(
        tenant_id=tenant_id,
        run=run.kind,
        started_at=run.started_at,
        ended_at=now,
        resources=tuple(ResourceRead(resource=name, read=p.read, changed=p.changed) for name, p in reads),
    )
