"""The base of kinds that write elements of one resource: many in one call, and read again by their ids."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from tieout_connector.kinds.kind import ABSENT, WriteKind
from tieout_connector.kinds.matching import NOT_FOUND, match_once, parsed_or_none, rows_of, unclaimed
from tieout_connector.kinds.pairing import objects, only_made, own_id, paired, with_the_last
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_connector.xero.resource import Resource
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Snapshot


class ResourceKind(WriteKind):
    """A kind of intent that writes elements of one resource."""

    resource: ClassVar[Resource[Any]]

    mark_fields: ClassVar[tuple[str, ...]] = ()
    """Xero's fields by which an element tells whose it is. A refusal without any of them tells nothing."""

    def shows_all(self, intent: WriteIntent, row: Json) -> bool:
        """Whether a record shows all that this create sent; for kinds whose mark is content that others may share."""
        return False

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        """Whether this create made a record of Xero, by our stamp or by its content."""
        return False

    def repeats(self, intent: WriteIntent, row: Json) -> bool:
        """Whether an element without a mark repeats what this create sent."""
        return False

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        shown = {own_id(row, self.resource.id_field): row for row in self._rows(contents)}
        targets = {intent.intent_id: self.target(intent) for intent in intents}
        return {key: shown[target] for key, target in targets.items() if target and target in shown}

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        return (NOT_FOUND,) if self.target(intent) and now == ABSENT else ()

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows, id_field = objects(self.resource.raws(content)), self.resource.id_field

        def is_its(intent: WriteIntent, row: Json) -> bool:
            target = self.target(intent)
            return own_id(row, id_field) == target if target else self.bears_mark(intent, row)

        bodies = [intent.body for intent in intents]

        def shows_all(intent: WriteIntent, row: Json) -> bool:
            return self.target(intent) is None and self.shows_all(intent, row)

        def repeats(intent: WriteIntent, row: Json) -> bool:
            # Of records that are alike, only our marks tell which is whose. Of refusals it does not matter.
            if refusal_of(row):
                return own_id(row, id_field) is None and self.repeats(intent, row)
            return bodies.count(intent.body) == 1 and self.target(intent) is None and self.repeats(intent, row)

        def tells(row: Json) -> bool:
            return own_id(row, id_field) is not None or any(row.get(name) for name in self.mark_fields)

        found = with_the_last(paired(intents, rows, shows_all, is_its, repeats), intents, rows, tells)
        return only_made(found, id_field)

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return own_id(element, self.resource.id_field)

    def snapshot(self, element: Json) -> Snapshot | None:
        # None also for an element that is not as documented: the next read of it logs that.
        return parsed_or_none(self.resource.read, element) if self.snapshot_kind else None

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        ids = (own_id(row, self.resource.id_field) for row in self._rows(contents))
        return [found for found in ids if found is not None]

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
        whole = match_once(creates, rows, self.shows_all)
        left = [intent for intent in creates if intent.intent_id not in whole]
        rest = [row for row in rows if not any(row is each for each in whole.values())]
        return {**whole, **match_once(left, rest, self.bears_mark), **changed}

    def _rows(self, contents: Sequence[Json]) -> list[Json]:
        # A row that changed while pages were read is on several pages. The last one counts.
        rows = rows_of(self.resource, contents)
        return [*{own_id(row, self.resource.id_field): row for row in rows}.values()]
