"""What the system does, in any order: messages and readings arrive late, twice or crossed; answers are lost."""

from .names import label
from .stage import Stage
from .world import versions_in
from .xero import values_of


class Machinery(Stage):
    """The services, the connector and what is between them."""

    def deliver(self, a: int, b: int) -> None:
        """A service handles a batch of one of its topics."""
        service = self.world.bills if a % 4 == 0 else self.world.contacts
        topic = self.pick([topic for topic in service.topics if service.has_more(topic)], b)
        if topic:
            self.world.tick()
            most = 1 + (a // 4) % 3
            self.world.note(f"{service.name}s handles {topic}[{service.db.positions.get(topic, 0)}], at most {most}")
            service.consume(topic, most)

    def sweep(self, a: int, b: int) -> None:
        """A sweep checks the next record."""
        self.world.tick()
        if (self.world.bills if a % 3 == 0 else self.world.contacts).sweep_step():
            self.world.note("a record is checked again")

    def dup(self, a: int, b: int) -> None:
        """The last messages of a topic are there twice."""
        logs = {topic: log for topic, log in self.world.log.items() if log} | {"writes": self.world.writes}
        topic = self.pick([topic for topic in sorted(logs) if logs[topic]], a)
        if topic:
            logs[topic] += logs[topic][-(1 + b % 3) :]
            self.world.note(f"the last {1 + b % 3} of {topic} are said again")

    def compact(self, a: int, b: int) -> None:
        """Kafka keeps only the last snapshot of each record of Xero."""
        kind = "bill" if a % 3 == 0 else "contact"
        log = self.world.log[f"snapshots.{kind}"]
        last = {seen.snapshot.xero_id: n for n, seen in enumerate(log) if seen}
        log[:] = [seen if seen and last[seen.snapshot.xero_id] == n else None for n, seen in enumerate(log)]
        # Which values an answer explained may be gone with it: what then counts as a conflict is asked about.
        self.world.lineage.mixed = True
        self.world.note(f"snapshots.{kind} is compacted")

    def resend(self, a: int, b: int) -> None:
        """What has no answer is said again."""
        self.world.note("what is unanswered is said again")
        (self.world.bills if a % 3 == 0 else self.world.contacts).resend()

    def read(self, a: int, b: int) -> None:
        """A reading leaves, and may be back at once."""
        connector = self.world.connector
        xero_id = self.pick(connector.dirty_ids(), a)
        if xero_id:
            self.world.note(f"a reading of {label(xero_id)} leaves" + (" and is back" if b % 2 else ""))
            connector.read(xero_id)
            if b % 2:
                connector.store_reading(len(connector.readings) - 1)

    def read_store(self, a: int, b: int) -> None:
        """A reading is back; not always the one that left first."""
        connector = self.world.connector
        if connector.readings:
            n = a % len(connector.readings)
            self.world.note(f"the reading of {label(connector.readings[n][0])} is back")
            connector.store_reading(n)

    def gw_recv(self, a: int, b: int) -> None:
        """The gateway takes intents."""
        for _ in range(1 + b % 3):
            self.world.connector.receive()

    def gw(self, a: int, b: int) -> None:
        """The gateway goes on with an intent, by one step or some."""
        connector = self.world.connector
        call = self.pick(connector.ready(), a)
        if call is None:
            return
        self.world.tick()
        for _ in range(1 + b % 4):
            step = call.step
            if step == "queued":
                connector.look(call)
            elif step == "reading":
                connector.send(call)
            elif step == "sent" and call.answer is None and not call.applied:
                connector.apply(call)
                step = "applied"
            elif step == "sent" and call.answer is not None:
                connector.store_answer(call)
                step = "answered"
            self.world.note(f"the gateway goes on with {_name(call.intent.intent_id)}: {step}, then {call.step}")

    def gw_lose(self, a: int, b: int) -> None:
        """An answer is lost, or the call never got there."""
        connector = self.world.connector
        sent = {i: call for i, call in connector.calls.items() if call.step == "sent"}
        intent_id = self.pick(sorted(sent, key=_name), a)
        if intent_id:
            call = sent[intent_id]
            if not call.applied and b % 2:
                connector.apply(call)
            call.answer, call.applied = None, True
            if call.is_main:
                self.world.lost_answers |= versions_in(values_of(call.intent))
            self.world.note(f"the answer to {_name(intent_id)} is lost")

    def gw_resume(self, a: int, b: int) -> None:
        """The gateway sends the lost call with its key again, or later looks up what it did."""
        connector = self.world.connector
        lost = {i: call for i, call in connector.calls.items() if call.step == "sent" and call.answer is None}
        intent_id = self.pick(sorted(lost, key=_name), a)
        if intent_id:
            call = lost[intent_id]
            if b % 2 or call.looks_up:
                connector.look_up(call)
                self.world.note(f"{_name(intent_id)} is looked up: {call.step}")
            else:
                connector.apply(call)
                self.world.note(f"{_name(intent_id)} goes again with its key")


def _name(intent_id: str) -> str:
    kind, record_id, rest = intent_id.split(":", 2)
    return f"{kind}/{label(record_id)}/{rest}"
