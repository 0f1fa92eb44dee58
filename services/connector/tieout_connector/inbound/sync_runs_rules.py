"""CONN-10: a sync run is finished once every resource was read to its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tieout_schemas.payload import Frozen
from tieout_schemas.runs import ResourceRead, RunKind, SyncRun


class ResourceProgress(Frozen):
    """What a run has read of one resource so far."""

    read: int = 0
    changed: int = 0
    ended: bool = False


class SyncRunProgress(Frozen):
    """A run under way."""

    kind: RunKind
    started_at: datetime
    parts: Mapping[str, ResourceProgress] = {}
    """By resource."""


def after_page(run: SyncRunProgress, resource: str, read: int, changed: int, *, last: bool) -> SyncRunProgress:
    """The run after a page of a resource; `last`: the page was the resource's last one."""
    part = run.parts.get(resource, ResourceProgress())
    # A resource may be polled again while others are unfinished. Its pages are then added to the same run.
    counted = ResourceProgress(read=part.read + read, changed=part.changed + changed, ended=part.ended or last)
    return run.replace(parts={**run.parts, resource: counted})


def finished(run: SyncRunProgress, resources: Sequence[str], tenant_id: UUID, now: datetime) -> SyncRun | None:
    """The finished run, to be published; None until every one of these resources was read to its end."""
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
