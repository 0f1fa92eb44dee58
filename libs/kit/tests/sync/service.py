"""A service of one kind: the real core, with a database in memory and topics that are lists."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tieout_kit.errors import Clash
from tieout_kit.sync import edit, linking
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.judge import is_public_change
from tieout_kit.sync.kind import Owner
from tieout_kit.sync.rebuild import rebuild
from tieout_kit.sync.state import State
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.writes import WriteResult

from .connector import EPOCH
from .database import CAUSE, Chosen, Database, Row, Said, Sweep, XeroOnlyRow
from .kinds import KINDS, ORIGIN, Contact
from .loading import Needs, keys_of, load, needs_of
from .names import TENANT, label
from .watch import Watch

if TYPE_CHECKING:
    from .world import World


@cache
def _contact(text: str) -> Contact:
    return Contact.model_validate_json(text)


class Service:
    """The service that keeps one kind of record."""

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
            self._save(work)
        for key in desk.changed_only:
            found = desk.xero_only.get(key)
            if found:
                text = found.snapshot.model_dump_json()
                self.db.xero_only[key[1]] = XeroOnlyRow(found.sequence, text, found.former)
            else:
                self.db.xero_only.pop(key[1], None)

    def _save(self, work: Work[Any, Any]) -> None:
        if not work.touched:
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
            self.say(work.record, work.sequence)
        if work.link:
            self.world.met |= {(record_id, work.link.xero_id, name) for name in work.link.base}
        self.rows[record_id] = Row.of(work)
        for intent in work.intents:
            self.world.send(intent, (self.name, self.life))

    def say(self, record: Any, sequence: int) -> None:
        """Publish a record."""
        self.db.history.setdefault(record.id, {})[sequence] = record.model_dump_json()
        sync = record.sync
        what = f"{label(record.id)} {sequence} {sync.state} {label(sync.xero_id)} {[str(w) for w in sync.waits_for]}"
        self.world.publish(f"records.{self.name}", Said(sequence, record), what)

    # ------------------------------------------------------------------------------------------------- messages
    def has_more(self, topic: str) -> bool:
        """Whether something of a topic was not handled yet."""
        return self.db.positions.get(topic, 0) < len(self.world.log[topic])

    def consume(self, topic: str, most: int = 1) -> bool:
        """Handle a batch of messages in one transaction, each in order."""
        position = self.db.positions.get(topic, 0)
        batch = self.world.log[topic][position : position + most]
        self.db.positions[topic] = position + len(batch)
        moved = bool(batch)
        # Compaction leaves gaps.
        batch = [message for message in batch if message]
        if any(isinstance(message, Seen | WriteResult) for message in batch):
            with self.transaction(needs_of(self.kind, self.db, batch)) as desk:
                for message in batch:
                    with Watch(self.world, desk, message):
                        if isinstance(message, Seen):
                            desk.snapshot(TENANT, message, CAUSE)
                        elif message.record.kind == self.name:
                            desk.result(TENANT, message, CAUSE)
        for message in batch:
            # Events of facts only store, and add a sweep.
            if isinstance(message, Chosen) and message.sequence > self.db.chosen.sequence:
                self.db.chosen = message
                self.sweep("settings")
            elif isinstance(message, Said):
                known = self.db.copies.get(message.record.id)
                if not known or message.sequence > known[0]:
                    self.db.copies[message.record.id] = (message.sequence, message.record.model_dump_json())
                    self.sweep(f"copy of {message.record.id}")
        return moved

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
            with self._by_hand(name):
                return
        seen = self.db.xero_only[name].parsed(self.kind)
        needs = needs_of(self.kind, self.db, [Seen(seen.sequence, seen.snapshot)])
        with self.transaction(needs) as desk, Watch(self.world, desk):
            desk.check_xero_only((TENANT, name), CAUSE)

    # --------------------------------------------------------------------------------------------------- people
    @contextmanager
    def _by_hand(self, record_id: UUID, needs: Needs | None = None) -> Iterator[tuple[Desk[Any, Any], Work[Any, Any]]]:
        with self.transaction(needs or Needs({record_id})) as desk, Watch(self.world, desk):
            work = desk.works[TENANT, record_id]
            yield desk, work
            desk.check(work, CAUSE)

    def make(self, record: Any) -> None:
        """The platform makes a record."""
        needs = Needs({record.id}, keys=keys_of(self.kind, record))
        with self.transaction(needs) as desk, Watch(self.world, desk):
            work = Work(self.kind, TENANT, record, State(), desk.facts_of(TENANT), CAUSE)
            edit.created(work, ORIGIN)
            desk.add(work)
            desk.look_for(work, CAUSE)
            desk.check(work, CAUSE)

    def edit(self, record_id: UUID, wanted: Mapping[str, Any], based_on: int) -> bool:
        """Somebody changes a record in the state that he saw; False: refused."""
        state = self.db.history.get(record_id, {}).get(based_on)
        if state is None:
            return False
        was = self.kind.record.model_validate_json(state).__dict__
        try:
            new = self.rows[record_id].record.replace(**wanted)
            with self._by_hand(record_id, Needs({record_id}, keys=keys_of(self.kind, new))) as (desk, work):
                edit.edit(work, wanted, was, ORIGIN)
                desk.add(work)
                desk.look_for(work, CAUSE)
        except Clash:
            return False
        return True

    def resolve(self, record_id: UUID, name: str, keep: Owner, shown: tuple[str, str]) -> None:
        """Somebody settles a conflict, by the two values that he sees."""
        try:
            with self._by_hand(record_id) as (_, work):
                edit.resolve(work, name, keep, *shown, ORIGIN)
        except Clash:
            self.world.note("   ... refused")

    def retry(self, record_id: UUID) -> None:
        """Somebody wants what was refused tried again."""
        with self._by_hand(record_id) as (_, work):
            edit.retry(work, "somebody")

    def unlink(self, record_id: UUID) -> bool:
        """Somebody undoes a link."""
        try:
            with self._by_hand(record_id) as (desk, work):
                desk.unlink(work, "somebody")
        except Clash:
            return False
        return True

    def link(self, record_id: UUID, xero_id: UUID) -> bool:
        """Somebody links a record."""
        try:
            with self._by_hand(record_id, Needs({record_id}, {xero_id})) as (desk, work):
                desk.link(work, (TENANT, xero_id), "somebody")
        except Clash:
            return False
        return True

    def export(self, record_id: UUID) -> None:
        """Somebody wants an unlinked record made in Xero after all."""
        with self._by_hand(record_id) as (_, work):
            linking.export(work)

    def resend(self) -> None:
        """What has no answer yet is said again."""
        for row in self.rows.values():
            state = row.state
            for effect in (state.main, *state.others.values()):
                if effect.flight:
                    self.world.send(effect.flight.intent, (self.name, self.life))

    # ------------------------------------------------------------------------------------------------- disaster
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
            self.say(row.record, sequence)

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
