"""What comes from Xero: webhooks, requested reads, listings (imports and polls), and the snapshots made of them."""

from tieout_connector.inbound import interactive_reads, listings, read_requests, snapshots, sync_runs
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.interactive_reads import InteractiveRead
from tieout_connector.inbound.listings_rules import ListingCursor, after_page
from tieout_connector.inbound.read_requests import DueRead, ReadRequest
from tieout_connector.inbound.snapshots import CreatedRecord, ObservedRecord, RecordLink, SnapshotResult
from tieout_connector.inbound.webhooks import WebhookReceiver

__all__ = [
    "CreatedRecord",
    "DueRead",
    "InteractiveAnswers",
    "InteractiveRead",
    "ListingCursor",
    "ObservedRecord",
    "ReadRequest",
    "RecordLink",
    "SnapshotResult",
    "WebhookReceiver",
    "after_page",
    "interactive_reads",
    "listings",
    "read_requests",
    "snapshots",
    "sync_runs",
]
