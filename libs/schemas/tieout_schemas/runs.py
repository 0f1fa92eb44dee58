"""The end of a sync (CONN-10): an event that a notification can be made of."""

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
    """A tenant's records of every resource were read, from the first to the last."""

    ce_type: ClassVar = "tieout.sync-run.v1"
    kind: ClassVar = "sync_run"

    tenant_id: UUID
    run: RunKind
    started_at: dt.datetime
    ended_at: dt.datetime
    resources: tuple[ResourceRead, ...]

    @property
    def key_id(self) -> str:
        # The tenant's, so that a compacted topic keeps its latest run.
        return str(self.tenant_id)
