"""A connector in small: intents that become calls (C2, C3 and C6 to C9 of docs/sync-semantics.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from tieout_schemas.payload import Answers
from tieout_schemas.writes import Outcome

from .names import label
from .readings import Call, Readings
from .records import in_xero
from .xero import Answer, Shown, values_of

if TYPE_CHECKING:
    pass


@dataclass
class Connector(Readings):
    """The connector of one tenant."""

    def receive(self) -> bool:
        """Take the next intent; a known one gets its result again (C9)."""
        log = self.world.writes
        if self.position >= len(log):
            return False
        intent, life = log[self.position]
        self.position += 1
        known = self.calls.get(intent.intent_id)
        if known is None:
            what = (life, intent.record, intent.effect)
            others = [(call.life, call.intent.record, call.intent.effect) for call in self.open()]
            self.world.check(what not in others, "I1", f"a second intent of {label(intent.record.id)} is on its way")
            self.calls[intent.intent_id] = Call(intent, life, len(self.calls))
        elif known.result:
            self.world.publish("results", known.result, f"{known.result.outcome} again")
        return True

    def open(self) -> Iterable[Call]:
        """What has no result yet."""
        return [call for call in self.calls.values() if call.step != "done"]

    def ready(self) -> list[Call]:
        """What may go on: one of a record at a time, the oldest first (C9)."""
        first: dict[UUID, Call] = {}
        for call in sorted(self.open(), key=lambda call: (call.step == "queued", call.order)):
            first.setdefault(call.intent.record.id, call)
        return list(first.values())

    def look(self, call: Call) -> None:
        """The reading before a write leaves."""
        xero_id = call.intent.xero_id
        call.step = "reading"
        call.fresh = self.world.xero.show(xero_id) if xero_id else None
        call.left = self.world.tick()

    def send(self, call: Call) -> None:
        """That reading is stored and compared, and the call stored: from now on it may be under way."""
        intent = call.intent
        if call.is_main and intent.xero_id is None:
            there = self.links.get((intent.record.kind, intent.record.id))
            if there and there != intent.replaces:
                # C7: no second one.
                self._end(call, Outcome.STALE, there, self.stored[there].sequence)
                return
        elif call.is_main and intent.xero_id and not self._may_update(call, intent.xero_id):
            return
        self.sent += 1
        call.step, call.key, call.answer, call.applied = "sent", f"key {self.sent}", None, False

    def _may_update(self, call: Call, xero_id: UUID) -> bool:
        fresh, row = call.fresh, self.stored.get(xero_id)
        assert fresh
        spoiled, call.spoiled = call.spoiled, False
        if spoiled and not (row and row.as_of > call.left):
            call.step = "queued"
            return False
        # C3: it tells what the lost call did.
        answers = self._answers(call, fresh, done=False, exact=False) if call.tried else None
        sequence = self._store(xero_id, fresh, left=call.left, answers=answers)
        if sequence is None:
            call.step = "queued"
        elif fresh.gone:
            self._end(call, Outcome.REFUSED, xero_id, sequence, "gone")
        elif call.intent.base_sequence is not None and sequence > call.intent.base_sequence:
            # C6.
            self._end(call, Outcome.STALE, xero_id, sequence)
        return call.step == "reading"

    def apply(self, call: Call) -> None:
        """Xero gets the call."""
        call.answer, call.applied = self.world.xero.call(call.key, call.intent), True

    def store_answer(self, call: Call, exact: bool = True) -> None:
        """Xero's answer is stored; of one that was looked up only what is as wanted is explained (C2)."""
        intent, answer = call.intent, call.answer
        assert answer
        if answer.shown is None:
            row = self.stored.get(intent.xero_id) if intent.xero_id else None
            self._end(call, Outcome.REFUSED, intent.xero_id, row.sequence if row else 0, answer.refused)
            return
        sequence = 0
        if call.is_main:
            if intent.xero_id is None:
                self.links[intent.record.kind, intent.record.id] = answer.xero_id
            answers = self._answers(call, answer.shown, done=True, exact=exact)
            sequence = self._store(answer.xero_id, answer.shown, stamp=intent.record.id, answers=answers) or 0
        self._end(call, Outcome.DONE, answer.xero_id, sequence)

    def look_up(self, call: Call) -> None:
        """No answer came, and Xero has forgotten the key by now: what did the call do?"""
        intent = call.intent
        found = self._found(call, values_of(intent) if call.is_main else {})
        if found:
            call.answer = Answer(found, self.world.xero.show(found))
            self.store_answer(call, exact=False)
        else:
            call.step, call.answer, call.looks_up, call.tried = "queued", None, False, True

    def _found(self, call: Call, wanted: dict[str, str]) -> UUID | None:
        intent, xero = call.intent, self.world.xero
        if intent.xero_id is None:
            marked = [x for x, r in xero.records.items() if (r.kind, r.mark) == (intent.record.kind, intent.record.id)]
            return next((x for x in marked if x not in self.stored or not self.stored[x].stamp), None)
        if call.is_main:
            shown = xero.records[intent.xero_id].values
            there = all(not value or in_xero(name, value) == shown[name] for name, value in wanted.items())
        elif intent.effect == "group":
            there = xero.groups.get(intent.xero_id) == getattr(intent.body, "group_xero_id", None)
            if intent.body.kind == "group_leaver":
                there = xero.groups.get(intent.xero_id) is None
        else:
            there = (intent.record.id, intent.revision) in xero.notes
        return intent.xero_id if there else None

    def _answers(self, call: Call, shown: Shown, done: bool, exact: bool) -> Answers:
        intent, values = call.intent, values_of(call.intent)
        explains = [f for f, value in values.items() if exact or in_xero(f, value) == shown.values[f]]
        return intent.answers(done=done, explains=tuple(explains))

    def _end(self, call: Call, outcome: Outcome, xero_id: UUID | None, sequence: int, why: str = "") -> None:
        intent = call.intent
        call.step = "done"
        messages = (why,) if why else ()
        call.result = intent.result(outcome, xero_id=xero_id, snapshot_sequence=sequence, messages=messages)
        who = f"{label(intent.record.id)}/{intent.effect}:{intent.revision}"
        self.world.publish("results", call.result, f"{who} {outcome} {label(xero_id)} {sequence} {why}")
