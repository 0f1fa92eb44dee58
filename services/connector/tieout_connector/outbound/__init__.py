"""The queue of writes to Xero, and the calls that carry them."""

from tieout_connector.outbound import calls, intents, queue_changes, queue_list
from tieout_connector.outbound.calls import StoredCall
from tieout_connector.outbound.intents import LANES, Queued
from tieout_connector.outbound.queue_list import QueuedWrite, WriteStory

__all__ = [
    "LANES",
    "Queued",
    "QueuedWrite",
    "StoredCall",
    "WriteStory",
    "calls",
    "intents",
    "queue_changes",
    "queue_list",
]
