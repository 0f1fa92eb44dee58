"""What comes from Xero: webhooks, requested reads, listings (imports and polls), and the snapshots made of them."""

from tieout_connector.inbound import (
    echoes,
    history,
    history_rules,
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
from tieout_connector.inbound.history_rules import HistoryImport, PageCounts
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
from tieout_connector.inbound.snapshots import CreatedRecord, News, ObservedRecord, RecordLink, SnapshotResult
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
    "HistoryImport",
    "IncompleteList",
    "InteractiveAnswers",
    "InteractiveRead",
    "JobState",
    "ListingCursor",
    "News",
    "ObservedRecord",
    "Page",
    "PageCounts",
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
    "history",
    "history_rules",
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
