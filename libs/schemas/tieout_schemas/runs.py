"""Sync runs: the end of each (CONN-10), for example for a notification, and whether one is under way (CONN-7)."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload


class RunKind(StrEnum):
    """Why Xero was read."""

    IMPORT = "import"
    POLL = "poll"
    REQUESTED = "requested"
    """A person asked for it (CONN-8)."""


class ResourceRead(Frozen):
    """What was read of one resource."""

    resource: str
    """Xero's name: Contacts, Invoices …"""
    read: int
    """Records that Xero listed."""
    changed: int
    """Those of them whose content was new."""
    failed: str = ""
    """Why it was not read to its end, for a bookkeeper; empty: it was."""


class SyncRun(Payload):
    """A sync run that has ended: all records of every resource of a tenant were read, except of those that failed."""

    ce_type: ClassVar = "tieout.sync-run.v1"
    kind: ClassVar = "sync_run"

    tenant_id: UUID
    run: RunKind
    started_at: dt.datetime
    ended_at: dt.datetime
    resources: tuple[ResourceRead, ...]
    job_id: UUID | None = None
    """The id by which people watched the run; None: it had none."""
    cancelled: bool = False
    """A person has ended it early."""
    summary: str = ""
    """What came, in a bookkeeper's words; empty for polls."""
    next_steps: tuple[str, ...] = ()
    """What to do next, in a bookkeeper's words, the most urgent first."""

    @property
    def key_id(self) -> str:
        # By tenant, so that the compacted topic keeps each tenant's latest run.
        return str(self.tenant_id)


class SyncStatus(Payload):
    """A tenant's sync when a run began or ended (CONN-7). Polls begin and end all the time: they are told of now and
    then, and only at their end. The connection itself is `tieout.connection.v1`."""

    ce_type: ClassVar = "tieout.sync-status.v1"
    kind: ClassVar = "sync_status"

    tenant_id: UUID
    running: RunKind | None
    """The run under way that a person may watch; None: there is none, and polls go on as usual."""
    job_id: UUID | None
    """The id of that run."""
    last_sync_at: dt.datetime | None
    """When something was last read from Xero."""
    last_read_at: Mapping[str, dt.datetime]
    """By list (Contacts, Invoices …), when it was last read to its end. Without an entry: never."""
    waiting_writes: int
    failed_writes: int
    open_problems: int
    calls_left_today: int
    egress_bytes_this_month: int
    """The bytes that Xero charges for."""

    @property
    def key_id(self) -> str:
        return str(self.tenant_id)
