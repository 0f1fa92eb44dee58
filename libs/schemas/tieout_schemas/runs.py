"""The end of a sync run (CONN-10), for example for a notification."""

import datetime as dt
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload


class RunKind(StrEnum):
    """Why Xero was read."""

    IMPORT = "import"
    POLL = "poll"


class ResourceRead(Frozen):
    """What was read of one resource."""

    resource: str
    """Xero's name: Contacts, Invoices …"""
    read: int
    """Records that Xero listed."""
    changed: int
    """Those of them whose content was new."""


class SyncRun(Payload):
    """A completed sync run: all records of every resource of a tenant were read."""

    ce_type: ClassVar = "tieout.sync-run.v1"
    kind: ClassVar = "sync_run"

    tenant_id: UUID
    run: RunKind
    started_at: dt.datetime
    ended_at: dt.datetime
    resources: tuple[ResourceRead, ...]

    @property
    def key_id(self) -> str:
        # By tenant, so that the compacted topic keeps each tenant's latest run.
        return str(self.tenant_id)
