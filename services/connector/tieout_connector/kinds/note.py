"""Notes in a document's history. They are added and never changed. Source: docs/xero.md 4.12."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.kinds.fields import unified
from tieout_connector.kinds.kind import UNKEYED, ComposedCall, WriteKind
from tieout_connector.kinds.matching import body_of, match_once, rows_of
from tieout_connector.kinds.pairing import all_or_none, objects, paired, with_the_last
from tieout_connector.xero import wire
from tieout_connector.xero.history import HistoryRecord, NoteForm, history_of
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import Document, NoteBody
from tieout_schemas.writes import WriteIntent

_CLOCK_SKEW = timedelta(minutes=1)
"""Xero's clock and ours may differ. The same text twice within this time counts as one note."""


class NoteWrite(WriteKind):
    """A note. Xero gives it no id, and it has no field for a stamp of ours."""

    name = "note"
    scopes = (Scope.CONTACTS, Scope.INVOICES, Scope.PAYMENTS, Scope.BANK_TRANSACTIONS, Scope.SETTINGS)
    found_by = "its text, among the document's notes since the first send"
    repeat = "adds the note twice"

    def __init__(self, resources: Mapping[Document, str]) -> None:
        """`resources`: the resource of each document that can have notes."""
        self._resources = resources

    def batch_key(self, intent: WriteIntent) -> str:
        body = body_of(NoteBody, intent)
        return f"{body.document}:{body.document_xero_id}"

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        notes = [NoteForm(details=body_of(NoteBody, intent).text) for intent in intents]
        return ComposedCall(*self._history(intents[0]).creating(notes, UNKEYED))

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows = objects(self._history(intents[0]).raws(content))
        # Notes have no ids.
        return all_or_none(with_the_last(paired(intents, rows, _says), intents, rows, _tells), intents)

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return None

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return [self._history(intents[0]).listing()]

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        return ()

    def match_results(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        before: Mapping[str, Json],
        first_sent_at: datetime,
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, Json]:
        def is_new(intent: WriteIntent, row: Json) -> bool:
            return _says(intent, row) and wire.instant(row["DateUTC"]) >= first_sent_at - _CLOCK_SKEW

        return match_once(intents, rows_of(self._history(intents[0]), contents), is_new)

    def _history(self, intent: WriteIntent) -> Resource[HistoryRecord]:
        body = body_of(NoteBody, intent)
        return history_of(self._resources[body.document], body.document_xero_id)


def _says(intent: WriteIntent, row: Json) -> bool:
    return unified(row.get("Details")) == unified(body_of(NoteBody, intent).text)


def _tells(row: Json) -> bool:
    return bool(row.get("Details"))
