"""Xero's records, one module each: its webhook category, listing and reader, how our own writes are recognised, how
each write is composed, found again and undone, and what a person may search. The tables below are derived from them."""

from tieout_connector.kinds.kind import ABSENT, WriteKind
from tieout_connector.kinds.record import FollowedRecord, ListedRecord, Listing, PastRecords, Record, Worth
from tieout_connector.kinds.table import (
    DOCUMENT_RESOURCES,
    FOLLOWED,
    LISTED,
    PAST,
    PATHS,
    READ_AT_ONCE,
    RECORDS,
    SEARCHES,
    WEBHOOK_CATEGORIES,
    lists_of,
    write_kinds,
)
from tieout_connector.kinds.words import spoken

__all__ = [
    "ABSENT",
    "DOCUMENT_RESOURCES",
    "FOLLOWED",
    "LISTED",
    "PAST",
    "PATHS",
    "READ_AT_ONCE",
    "RECORDS",
    "SEARCHES",
    "WEBHOOK_CATEGORIES",
    "FollowedRecord",
    "ListedRecord",
    "Listing",
    "PastRecords",
    "Record",
    "Worth",
    "WriteKind",
    "lists_of",
    "spoken",
    "write_kinds",
]
