"""What comes from Xero: webhooks, what is read again, lists that are polled, and the snapshots of it."""

from tieout_connector.inbound import interactive_reads, listings, read_requests, snapshots, sync_runs
from tieout_connector.inbound.interactive_answers import PersonAnswers
from tieout_connector.inbound.interactive_reads import PersonRead
from tieout_connector.inbound.listings_rules import Feed, after_page
from tieout_connector.inbound.read_requests import Due, Wish
from tieout_connector.inbound.snapshots import Link, Made, Seen
from tieout_connector.inbound.webhooks import Receiver

__all__ = [
    "Due",
    "Feed",
    "Link",
    "Made",
    "PersonAnswers",
    "PersonRead",
    "Receiver",
    "Seen",
    "Wish",
    "after_page",
    "interactive_reads",
    "listings",
    "read_requests",
    "snapshots",
    "sync_runs",
]
