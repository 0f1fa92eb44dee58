"""A service after a disaster: its database restored from a dump, or made again from the topics."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from tieout_kit.sync.rebuild import rebuild
from tieout_kit.sync.work import Seen, Work

from .database import CAUSE, Database, Row, Said, XeroOnlyRow
from .store import Store

if TYPE_CHECKING:
    pass


class Recovery(Store):
    """What an administrator does."""

    def restore(self, dump: Database) -> None:
        """The database is as it was at an earlier time; every record is said again, so that no reader keeps more."""
        self.world.met = {each for each in self.world.met if each[0] not in self.rows}
        self.db = dump
        self.life += 1
        for record_id, row in list(self.rows.items()):
            sequence = max(row.sequence + 1, self.world.tick())
            self.rows[record_id] = Row(
                row.kind, sequence, row.record_json, row.state_json, row.seen_sequence, row.seen_json
            )
            self.publish(row.record, sequence)

    def rebuild(self) -> None:
        """The database is gone: what the topics hold is all there is. Nothing leaves before all of it was read."""
        self.db, self.life = (
            Database(positions={topic: len(self.world.log[topic]) for topic in self.topics}),
            self.life + 1,
        )
        seen: dict[UUID, Seen[Any]] = {}
        for each in self.world.snapshots(self.name):
            if each.snapshot.xero_id not in seen or each.sequence > seen[each.snapshot.xero_id].sequence:
                seen[each.snapshot.xero_id] = each
        self.db.chosen = max(self.world.log["chosen"], key=lambda chosen: chosen.sequence, default=self.db.chosen)
        if self.name == "bill":
            self.db.copies = {r: (s.sequence, s.record.model_dump_json()) for r, s in self._newest("contact").items()}
        facts = self.facts()
        for said in self._newest(self.name).values():
            same = said.record.origin.settings_version == facts.settings.version
            work = rebuild(self.kind, facts, said.record, said.sequence, seen, same, CAUSE)
            self._is_compared_no_more(work)
            self.rows[said.record.id] = Row.of(work)
            self.db.history[said.record.id] = {said.sequence: said.record.model_dump_json()}
        linked = {row.state.link.xero_id for row in self.rows.values() if row.state.link}
        former = {xero_id: r for r, row in self.rows.items() for xero_id in row.state.closed_ids}
        for xero_id in seen.keys() - linked:
            text = seen[xero_id].snapshot.model_dump_json()
            self.db.xero_only[xero_id] = XeroOnlyRow(seen[xero_id].sequence, text, former.get(xero_id))
        self.sweep("rebuilt")
        for record_id in list(self.rows):
            self.check(record_id)

    def _is_compared_no_more(self, work: Work[Any, Any]) -> None:
        link = work.link
        for each in self.kind.fields:
            if not link or (each.is_switched and each.name not in link.base):
                gone = {met for met in self.world.met if (met[0], met[2]) == (work.record.id, each.name)}
                self.world.met -= gone

    def _newest(self, name: str) -> dict[UUID, Said]:
        newest: dict[UUID, Said] = {}
        for said in self.world.log[f"records.{name}"]:
            if said.record.id not in newest or said.sequence > newest[said.record.id].sequence:
                newest[said.record.id] = said
        return newest
