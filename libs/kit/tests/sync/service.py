"""A service of one kind: the real core, with a database in memory and topics that are lists."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tieout_kit.errors import Clash
from tieout_kit.sync import edit, linking
from tieout_kit.sync.field import Owner
from tieout_kit.sync.state import State
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.writes import WriteResult

from .database import CAUSE, Chosen, Said
from .loading import Needs, keys_of, needs_of
from .names import TENANT
from .records import ORIGIN
from .recovery import Recovery
from .watch import Watch

if TYPE_CHECKING:
    pass


class Service(Recovery):
    """What a service does for its topics, and for people."""

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

    # --------------------------------------------------------------------------------------------------- people
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
            with self.by_hand(record_id, Needs({record_id}, keys=keys_of(self.kind, new))) as (desk, work):
                edit.edit(work, wanted, was, ORIGIN)
                desk.add(work)
                desk.look_for(work, CAUSE)
        except Clash:
            return False
        return True

    def resolve(self, record_id: UUID, name: str, keep: Owner, shown: tuple[str, str]) -> None:
        """Somebody settles a conflict, by the two values that he sees."""
        try:
            with self.by_hand(record_id) as (_, work):
                edit.resolve(work, name, keep, *shown, ORIGIN)
        except Clash:
            self.world.note("   ... refused")

    def retry(self, record_id: UUID) -> None:
        """Somebody wants what was refused tried again."""
        with self.by_hand(record_id) as (_, work):
            edit.retry(work, "somebody")

    def unlink(self, record_id: UUID) -> bool:
        """Somebody undoes a link."""
        try:
            with self.by_hand(record_id) as (desk, work):
                desk.unlink(work, CAUSE)
        except Clash:
            return False
        return True

    def link(self, record_id: UUID, xero_id: UUID) -> bool:
        """Somebody links a record."""
        try:
            with self.by_hand(record_id, Needs({record_id}, {xero_id})) as (desk, work):
                desk.link(work, xero_id, "somebody", CAUSE)
        except Clash:
            return False
        return True

    def export(self, record_id: UUID) -> None:
        """Somebody wants an unlinked record made in Xero after all."""
        with self.by_hand(record_id) as (_, work):
            linking.export(work)

    def resend(self) -> None:
        """What has no answer yet is said again."""
        for row in self.rows.values():
            state = row.state
            for effect in (state.main, *state.others.values()):
                if effect.flight:
                    self.world.send(effect.flight.intent, (self.name, self.life))
