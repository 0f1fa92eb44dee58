"""A Xero that keeps records, normalises what it gets, answers a known key again, and refuses now and then."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from tieout_schemas.bodies import BillBody, ContactBody, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.writes import WriteIntent

from .lineage import version
from .names import ident
from .records import in_xero

if TYPE_CHECKING:
    from .world import World

DEFAULT_PHONE = "v0"
"""What Xero fills in where a contact comes without a phone."""


@dataclass
class XeroRecord:
    """A record of Xero."""

    kind: str
    mark: UUID | None
    """Our record that it was made for."""
    values: dict[str, str]
    gone: bool = False
    changed_at: int = 0
    fixed: bool = False
    """Its account number cannot be changed now."""
    comes_in: bool = False
    """Contacts like this become ours."""


@dataclass(frozen=True)
class Shown:
    """A record of Xero as an answer shows it."""

    kind: str
    mark: UUID | None
    values: dict[str, str]
    gone: bool
    changed_at: int
    comes_in: bool


@dataclass(frozen=True)
class Answer:
    """Xero's answer to a call."""

    xero_id: UUID
    shown: Shown | None
    refused: str = ""


@dataclass
class Xero:
    """One organisation."""

    world: "World"
    records: dict[UUID, XeroRecord] = field(default_factory=dict)
    groups: dict[UUID, UUID | None] = field(default_factory=dict)
    """The group of a contact."""
    notes: list[tuple[UUID, int]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    refuses: bool = False
    had: dict[tuple[UUID, str], set[int]] = field(default_factory=dict)
    """All versions that a field has ever shown."""
    made: dict[tuple[str, UUID], list[UUID]] = field(default_factory=dict)
    """What was made for which of our records."""
    writes: Counter[tuple[str, UUID, str]] = field(default_factory=Counter)
    """By kind, record and effect."""

    def next_id(self) -> UUID:
        """The id of the record that is made next."""
        return ident(f"X{len(self.records) + 1}")

    def changed(self, xero_id: UUID) -> None:
        """A record has changed: Xero computes its total, and will send a webhook."""
        record = self.records[xero_id]
        values = record.values
        if record.kind == "contact":
            values["total"] = "t" + str(
                7 * version(values["name"]) + 3 * version(values["email"]) + 5 * version(values["account_number"])
            )
        else:
            values["total"] = "t" + str(version(values["number"]))
        record.changed_at = self.world.now + self.world.skew
        for name, value in values.items():
            self.had.setdefault((xero_id, name), set()).add(version(value))
        self.world.connector.dirty[xero_id] = None

    def show(self, xero_id: UUID) -> Shown:
        """A record as it is now."""
        record = self.records[xero_id]
        return Shown(record.kind, record.mark, dict(record.values), record.gone, record.changed_at, record.comes_in)

    def call(self, key: str, intent: WriteIntent) -> Answer:
        """A call arrives; one with a known key gets its answer again."""
        if key not in self.answers:
            self.answers[key] = self._carry_out(intent)
        return self.answers[key]

    def _carry_out(self, intent: WriteIntent) -> Answer:
        nobody = intent.xero_id or UUID(int=0)
        if self.refuses:
            return Answer(nobody, None, "locked")
        writes = (intent.record.kind, intent.record.id, intent.effect.split(":")[0])
        if intent.xero_id is None:
            self.writes[writes] += 1
            return self._make(intent)
        record = self.records.get(intent.xero_id)
        if record is None or record.gone:
            return Answer(nobody, None, "gone")
        self.writes[writes] += 1
        match intent.body:
            case ContactBody() | BillBody():
                values = values_of(intent)
                number = values.get("account_number")
                if record.fixed and number is not None and number.upper() != record.values["account_number"]:
                    return Answer(nobody, None, "fixed")
                before = dict(record.values)
                # An empty value is no opinion: Xero keeps what it has.
                record.values |= {name: in_xero(name, value) for name, value in values.items() if value}
                if record.values != before:
                    self.changed(intent.xero_id)
            case GroupMemberBody(group_xero_id=group):
                self.groups[intent.xero_id] = group
            case GroupLeaverBody():
                self.groups[intent.xero_id] = None
            case NoteBody():
                self.notes.append((intent.record.id, intent.revision))
        return Answer(intent.xero_id, self.show(intent.xero_id))

    def _make(self, intent: WriteIntent) -> Answer:
        xero_id = self.next_id()
        values = {name: in_xero(name, value) for name, value in values_of(intent).items()}
        if intent.record.kind == "contact":
            blank = {"name": "", "email": "", "account_number": "", "phone": ""}
            values = blank | values | {"phone": values.get("phone") or DEFAULT_PHONE}
        self.records[xero_id] = XeroRecord(intent.record.kind, intent.record.id, values)
        self.made.setdefault((intent.record.kind, intent.record.id), []).append(xero_id)
        self.changed(xero_id)
        return Answer(xero_id, self.show(xero_id))


def values_of(intent: WriteIntent) -> dict[str, str]:
    """The fields in an intent's body; what is None there is left as Xero has it."""
    body: dict[str, str] = intent.body.model_dump(mode="json", exclude_none=True, exclude={"kind", "address"})
    return body
