"""The base of kinds that write elements of one resource: many in one call, and read again by their ids."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from tieout_connector.kinds.kind import ABSENT, WriteKind
from tieout_connector.kinds.matching import NOT_FOUND, match_once, one_row_each, parsed_or_none, unclaimed
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import Resource
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Snapshot


class ResourceKind(WriteKind):
    """A kind of intent that writes elements of one resource."""

    resource: ClassVar[Resource[Any]]

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        """Whether this create made a record of Xero, by our stamp or by its content."""
        return False

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        shown = {UUID(row[self.resource.id_field]): row for row in self._rows(contents)}
        targets = {intent.intent_id: self.target(intent) for intent in intents}
        return {key: shown[target] for key, target in targets.items() if target in shown}

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        return (NOT_FOUND,) if self.target(intent) and now == ABSENT else ()

    def elements(self, content: Json, intents: Sequence[WriteIntent]) -> Sequence[Json]:
        rows = self.resource.raws(content)
        return one_row_each(rows, intents)

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return UUID(element[self.resource.id_field])

    def snapshot(self, element: Json) -> Snapshot | None:
        # None also for an element that is not as documented: the next read of it logs that.
        return parsed_or_none(self.resource.read, element) if self.snapshot_kind else None

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        return [UUID(row[self.resource.id_field]) for row in self._rows(contents)]

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return self.pre_reads(intents)

    def match_results(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        before: Mapping[str, Json],
        first_sent_at: datetime,
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, Json]:
        """Creates are found by their stamp, changes by Xero showing what they wanted."""
        creates = [intent for intent in intents if self.target(intent) is None]
        rows = unclaimed(self._rows(contents), self.resource.id_field, taken)
        now = self.current_state(contents, intents)
        changed = {
            intent.intent_id: row
            for intent in intents
            if (row := self.already_done(intent, now.get(intent.intent_id, ABSENT))) is not None and self.target(intent)
        }
        return {**match_once(creates, rows, self.bears_mark), **changed}

    def _rows(self, contents: Sequence[Json]) -> list[Json]:
        # A row that changed while pages were read is on several pages. The last one counts.
        rows = (row for content in contents for row in self.resource.raws(content))
        return [*{row[self.resource.id_field]: row for row in rows}.values()]
