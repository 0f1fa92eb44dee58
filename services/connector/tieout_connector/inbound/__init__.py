"""What comes from Xero: webhooks, requested reads, listings (imports and polls), and the snapshots made of them."""

from tieout_connector.inbound import (
    history,
    history_rules,
    interactive_reads,
    listings,
    read_requests,
    resource_problems,
    snapshots,
    sync_runs,
    unreadable,
    webhook_health,
)
from tieout_connector.inbound.history_rules import HistoryImport, PageCounts
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.interactive_reads import InteractiveRead
from tieout_connector.inbound.listings_rules import (
    IncompleteList,
    ListingCursor,
    Page,
    Trouble,
    after_page,
    with_smaller_pages,
)
from tieout_connector.inbound.read_requests import DueRead, ReadRequest
from tieout_connector.inbound.snapshots import CreatedRecord, News, ObservedRecord, RecordLink, SnapshotResult
from tieout_connector.inbound.unreadable import UnreadableRecord
from tieout_connector.inbound.webhooks import PATH as WEBHOOK_PATH
from tieout_connector.inbound.webhooks import WebhookReceiver

__all__ = [
    "WEBHOOK_PATH",
    "CreatedRecord",
    "DueRead",
    "HistoryImport",
    "IncompleteList",
    "InteractiveAnswers",
    "InteractiveRead",
    "ListingCursor",
    "News",
    "ObservedRecord",
    "Page",
    "PageCounts",
    "ReadRequest",
    "RecordLink",
    "SnapshotResult",
    "Trouble",
    "UnreadableRecord",
    "WebhookReceiver",
    "after_page",
    "history",
    "history_rules",
    "interactive_reads",
    "listings",
    "read_requests",
    "resource_problems",
    "snapshots",
    "sync_runs",
    "unreadable",
    "webhook_health",
    "with_smaller_pages",
]
