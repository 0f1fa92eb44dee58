"""An intent under test, and Xero's books, which show how often it was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tieout_schemas.bodies import Body
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Lane, WriteIntent

Json = dict[str, Any]
IDS = {
    "Contacts": "ContactID", "Invoices": "InvoiceID", "CreditNotes": "CreditNoteID", "Payments": "PaymentID",
    "BankTransfers": "BankTransferID", "ContactGroups": "ContactGroupID", "Items": "ItemID",
    "TrackingCategories": "TrackingCategoryID", "Attachments": "AttachmentID", "HistoryRecords": "none",
}  # fmt: skip
"""The resources whose records are looked at, and the field of their id; a note has none."""
PARTS = {"Allocations": ("CreditNotes", "AllocationID"), "Members": ("ContactGroups", "ContactID"),
         "Options": ("TrackingCategories", "TrackingOptionID")}  # fmt: skip
"""What is a part of such a record: of which, and the field of its id."""
NEWEST = 1 << 53
"""The base of a change that is never stale."""
_LISTED_AS = {"Members": "Contacts"}


class Books:
    """All records of an organisation of Xero, and the parts of them that intents are about."""

    def __init__(self, state: Mapping[str, Sequence[Json]]) -> None:
        self._rows = dict(state)
        for resource in ("Payments", "BankTransfers"):
            # Xero may store them like this (F25).
            self._rows[resource] = [{**raw, "Reference": bare(raw.get("Reference"))} for raw in state[resource]]
        for part, (whole, _) in PARTS.items():
            key, listed = IDS[whole], _LISTED_AS.get(part, part)
            self._rows[part] = [{key: raw[key], **each} for raw in state[whole] for each in raw.get(listed) or []]
        self._by: dict[tuple[str, str], dict[Any, list[Json]]] = {}

    def where(self, resource: str, **fields: Any) -> list[Json]:
        """The records and parts with all these fields."""
        (first, value), *others = fields.items()
        if (resource, first) not in self._by:
            index = self._by[resource, first] = dict[Any, list[Json]]()
            for raw in self._rows[resource]:
                index.setdefault(raw.get(first), []).append(raw)
        return [raw for raw in self._by[resource, first].get(value, []) if all(raw.get(f) == v for f, v in others)]


def bare(reference: str | None) -> str:
    """A reference without emoji and outer blanks."""
    return "".join(char for char in reference or "" if ord(char) < 0x2000).strip()


Done = Callable[[Books], Sequence[str | None]]


@dataclass(frozen=True)
class Wanted:
    """An intent, and how often it was done: for each time the id that its result must name, None if it has none."""

    intent: WriteIntent
    done: Done


def wanted(body: Body, done: Done, *, record_id: UUID | None = None, **more: Any) -> Wanted:
    """An intent of a record of ours."""
    record = RecordRef(kind=body.kind, id=record_id or uuid4())
    lane = Lane.NOTE if body.kind == "note" else Lane.WRITE
    # What somebody has changed meanwhile is none of what is tried here.
    based = {"base_sequence": NEWEST} if more.get("xero_id") else {}
    intent = WriteIntent(record=record, effect="main", revision=1, lane=lane, body=body, **based, **more)
    return Wanted(intent, done)


def shows(resource: str, **fields: Any) -> Done:
    """It was done as often as there are such records; a file as often as it was uploaded."""
    key = IDS[resource] if resource in IDS else PARTS[resource][1]

    def done(books: Books) -> list[str | None]:
        return [raw.get(key) for raw in books.where(resource, **fields) for _ in range(raw.get("Written", 1))]

    return done


def lacks(resource: str, xero_id: str, **fields: Any) -> Done:
    """It was done if there is no such record."""
    return lambda books: [] if books.where(resource, **fields) else [xero_id]
