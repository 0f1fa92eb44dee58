"""The queue of writes to Xero, and the calls that carry them."""

from tieout_connector.outbound import calls, intents, pauses, queue_changes, results, write_listing
from tieout_connector.outbound.calls import StoredCall
from tieout_connector.outbound.intents import LANES, PERSON_LANE, QueuedIntent
from tieout_connector.outbound.write_listing import QueuedWrite, WriteDetails

__all__ = [
    "LANES",
    "PERSON_LANE",
    "QueuedIntent",
    "QueuedWrite",
    "StoredCall",
    "WriteDetails",
    "calls",
    "intents",
    "pauses",
    "queue_changes",
    "results",
    "write_listing",
]
