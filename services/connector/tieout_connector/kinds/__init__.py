"""One module a record of Xero: its webhooks, listing and reader, how our own writes are recognised, how each write is
composed, found again and undone, and what a person may search. The tables that follow from them are here."""

from tieout_connector.kinds.kind import NONE, Kind
from tieout_connector.kinds.record import FollowedRecord, Listing, Record
from tieout_connector.kinds.table import BEARERS, CATEGORIES, FOLLOWED, LISTED, PAGED, PATHS, RECORDS, SEARCHES, writes

__all__ = [
    "BEARERS", "CATEGORIES", "FOLLOWED", "LISTED", "NONE", "PAGED", "PATHS", "RECORDS", "SEARCHES", "FollowedRecord",
    "Kind", "Listing", "Record", "writes",
]  # fmt: skip
