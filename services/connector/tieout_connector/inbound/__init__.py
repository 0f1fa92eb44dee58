"""What comes from Xero: webhooks, requested reads, listings (imports and polls), and the snapshots made of them."""

from tieout_connector.inbound import (
    echoes,
    interactive_reads,
    listings,
    poll_schedule,
    read_requests,
    resource_problems,
    snapshots,
    sync_jobs_rules,
    sync_runs,
    unreadable,
    webhook_health,
    whole_lists,
)
from tieout_connector.inbound.echoes_rules import changed_by
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.interactive_reads import InteractiveRead
from tieout_connector.inbound.listings_rules import (
    OVERLAP,
    IncompleteList,
    ListingCursor,
    Page,
    Trouble,
    after_page,
    rows_left,
    with_smaller_pages,
)
from tieout_connector.inbound.read_requests import DueRead, ReadRequest
from tieout_connector.inbound.snapshots import CreatedRecord, ObservedRecord, RecordLink, SnapshotResult
from tieout_connector.inbound.sync_jobs_rules import JobState, SyncJob
from tieout_connector.inbound.sync_runs import RunStep
from tieout_connector.inbound.unreadable import UnreadableRecord
from tieout_connector.inbound.webhooks import PATH as WEBHOOK_PATH
from tieout_connector.inbound.webhooks import WebhookReceiver

__all__ = [
    "OVERLAP",
    "WEBHOOK_PATH",
    "CreatedRecord",
    "DueRead",
    "IncompleteList",
    "InteractiveAnswers",
    "InteractiveRead",
    "JobState",
    "ListingCursor",
    "ObservedRecord",
    "Page",
    "ReadRequest",
    "RecordLink",
    "RunStep",
    "SnapshotResult",
    "SyncJob",
    "Trouble",
    "UnreadableRecord",
    "WebhookReceiver",
    "after_page",
    "changed_by",
    "echoes",
    "interactive_reads",
    "listings",
    "poll_schedule",
    "read_requests",
    "resource_problems",
    "rows_left",
    "snapshots",
    "sync_jobs_rules",
    "sync_runs",
    "unreadable",
    "webhook_health",
    "whole_lists",
    "with_smaller_pages",
]
