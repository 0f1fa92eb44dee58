"""The records of a service: loaded onto a desk, checked, saved and published."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tieout_kit.sync.desk import Desk
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.judge import is_public_change
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.payload import Origin, OriginKind

from .database import CAUSE, Database, Row, Said, Sweep, XeroOnlyRow
from .kinds import KINDS
from .loading import Needs, load, needs_of
from .names import TENANT, label
from .readings import EPOCH
from .records import Contact
from .watch import Watch

if TYPE_CHECKING:
    from .world import World


@cache
def _contact(text: str) -> Contact:
    return Contact.model_validate_json(text)


class Store:
    """The database of the service that keeps one kind of record, and what every transaction does with it."""

    def __init__(self, world: "World", name: str) -> None:
        self.world, self.name, self.kind = world, name, KINDS[name]
        self.db = Database()
        self.life = 0
        """How often the database was restored or rebuilt."""
        self.topics = [f"snapshots.{name}", "results", "chosen", *(["records.contact"] if name == "bill" else [])]

    @property
    def rows(self) -> dict[UUID, Row]:
        """The records."""
        return self.db.rows

    # ------------------------------------------------------------------------------------------- transactions
    def facts(self) -> Facts:
        """What rules see."""
        copies = {("contact", record_id): _contact(text) for record_id, (_, text) in self.db.copies.items()}
        linked = {("contact", c.sync.xero_id): c for c in copies.values() if c.sync.xero_id}
        return Facts(
            tenant_id=TENANT,
            connection=self.db.chosen.connection,
            settings=self.db.chosen.settings,
            now=EPOCH + timedelta(milliseconds=self.world.now),
            copies=copies,
            copies_by_xero_id=linked,
            more=self.world.release,
        )

    @contextmanager
    def transaction(self, needs: Needs) -> Iterator[Desk[Any, Any]]:
        """A desk: loaded before, saved after."""
        desk = load(self.kind, self.db, self.facts(), needs)
        yield desk
        for work in desk.works.values():
            self._save(work, is_touched=work.key in desk.touched)
        for key in desk.changed_only:
            found = desk.xero_only.get(key)
            if found:
                text = found.snapshot.model_dump_json()
                self.db.xero_only[key[1]] = XeroOnlyRow(found.sequence, text, found.former)
            else:
                self.db.xero_only.pop(key[1], None)

    def _save(self, work: Work[Any, Any], is_touched: bool) -> None:
        if not is_touched:
            same = self.rows[work.record.id].is_like(work)
            self.world.check(same, "SAVED", f"{label(work.record.id)} was changed, and is not to be saved")
            return
        record_id = work.record.id
        lost, work.state.lost = work.state.lost, []
        self.world.losers += [(record_id, each.field, each.value) for each in lost]
        if is_public_change(work.published, work.record):
            version = work.facts.settings.version
            origin = work.asked_origin or Origin(kind=OriginKind.EVENT, by=work.cause.causation_id)
            work.record = work.record.replace(origin=origin.replace(settings_version=version))
            work.sequence = max(work.sequence + 1, self.world.now)
            self.publish(work.record, work.sequence)
        if work.link:
            self.world.met |= {(record_id, work.link.xero_id, name) for name in work.link.base}
        self.rows[record_id] = Row.of(work)
        for intent in work.intents:
            self.world.send(intent, (self.name, self.life))

    def publish(self, record: Any, sequence: int) -> None:
        """Publish a record."""
        self.db.history.setdefault(record.id, {})[sequence] = record.model_dump_json()
        sync = record.sync
        what = f"{label(record.id)} {sequence} {sync.state} {label(sync.xero_id)} {[str(w) for w in sync.waits_for]}"
        self.world.publish(f"records.{self.name}", Said(sequence, record), what)

    # ------------------------------------------------------------------------------------------------- checks
    @contextmanager
    def by_hand(self, record_id: UUID, needs: Needs | None = None) -> Iterator[tuple[Desk[Any, Any], Work[Any, Any]]]:
        with self.transaction(needs or Needs({record_id})) as desk, Watch(self.world, desk):
            work = desk.works[TENANT, record_id]
            yield desk, work
            desk.check(work, CAUSE)

    def sweep(self, name: str) -> None:
        """Check all records again, from the beginning also if such a sweep is running."""
        self.db.sweeps = [sweep for sweep in self.db.sweeps if sweep.name != name]
        self.db.sweeps.append(Sweep(name))

    def sweep_step(self) -> bool:
        """Check the next record."""
        if not self.db.sweeps:
            return False
        sweep = self.db.sweeps.pop(0)
        left = sorted(name for name in map(str, [*self.rows, *self.db.xero_only]) if name > sweep.after)
        if left:
            sweep.after = left[0]
            self.db.sweeps.append(sweep)
            self.check(UUID(left[0]))
        return True

    def check(self, name: UUID) -> None:
        """Check a record, or a record of Xero that is none of ours, again."""
        if name in self.rows:
            with self.by_hand(name):
                return
        seen = self.db.xero_only[name].parsed(self.kind)
        needs = needs_of(self.kind, self.db, [Seen(seen.sequence, seen.snapshot)])
        with self.transaction(needs) as desk, Watch(self.world, desk):
            desk.check_xero_only((TENANT, name), CAUSE)
