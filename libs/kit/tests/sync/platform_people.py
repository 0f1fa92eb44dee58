"""What people do at the platform: make records and change them, often in a state that is not the newest."""

from uuid import UUID

from tieout_kit.sync.field import Owner
from tieout_schemas.payload import Frozen

from .kinds import CONTACT
from .lineage import version
from .names import by_label, ident, label
from .records import ORIGIN, Bill, Contact
from .service import Service
from .stage import Stage

TYPED = {"contact": ["name", "email", "account_number", "phone", "name"], "bill": ["number"]}
"""The fields that people change."""


class PlatformPeople(Stage):
    """The platform."""

    def p_new(self, a: int, b: int) -> None:
        """A new record; sometimes one that a restore has lost, made again by hand."""
        world, new = self.world, self.world.lineage.new
        if a % 3 == 0:
            vendor = self.pick([r for r, kind in world.kind_of.items() if kind == "contact"], b)
            bill_id = self._unused("b1", "b2", world.bills, b)
            if vendor is None or bill_id is None:
                return
            number = new("p", ("bill", bill_id, "number"), "")
            self._make(Bill(id=bill_id, origin=ORIGIN, number=number, vendor_id=vendor))
            return
        contact_id = self._unused("A", "B", world.contacts, b)
        if contact_id is None:
            return
        name, email, code = (new("p", ("contact", contact_id, f), "") for f in ("name", "email", "account_number"))
        name += " " if b % 2 else ""
        self._make(Contact(id=contact_id, origin=ORIGIN, name=name, email=email, account_number=code))

    def p_twin(self, a: int, b: int) -> None:
        """A new contact with the name of one that is in Xero only."""
        world, contacts = self.world, self.world.contacts
        xero_id = self.pick(by_label(set(contacts.db.xero_only)), a)
        contact_id = self._unused("A", "B", contacts, b)
        if xero_id is None or contact_id is None:
            return
        world.lineage.mixed = True
        name = world.xero.records[xero_id].values["name"]
        email, code = (world.lineage.new("p", ("contact", contact_id, f), "") for f in ("email", "account_number"))
        self._make(Contact(id=contact_id, origin=ORIGIN, name=name, email=email, account_number=code))

    def _unused(self, one: str, other: str, service: Service, n: int) -> UUID | None:
        known = self.world.kind_of
        ids = (ident(one), ident(other))
        return next((i for i in ids if i not in known or (i not in service.rows and n % 4 == 0)), None)

    def _make(self, record: Contact | Bill) -> None:
        self.world.kind_of[record.id] = record.kind
        self.world.note(f"the platform makes {label(record.id)}: {_shortly(record)}")
        self.service(record.id).make(record)
        self.reload(record.id)

    def p_get(self, a: int, b: int) -> None:
        """Somebody reads a record."""
        for service, row in self.rows():
            self.world.kind_of.setdefault(row.record.id, service.name)
        record_id = self.pick(by_label(set(self.world.kind_of)), a)
        if record_id:
            self.reload(record_id)

    def p_put(self, a: int, b: int) -> None:
        """Somebody changes a field, in the state that he read."""
        world, found = self.world, self.shown(a)
        if not found:
            return
        record_id, _ = found
        kind = world.kind_of[record_id]
        name = TYPED[kind][b % len(TYPED[kind])]
        sequence, had = world.client[record_id]
        value = world.lineage.new("p", (kind, record_id, name), getattr(had, name))
        typed = world.lineage.newest
        if (b // 7) % 3 == 0 and name in ("name", "number"):
            value = f" {value}"
        world.note(f"the platform changes {label(record_id)}.{name} to {value!r}, as it knew it at {sequence}")
        content = {each.name: getattr(had, each.name) for each in world.services[kind].kind.fields}
        if self.service(record_id).edit(record_id, content | {name: value}, sequence):
            self.bump(record_id, kind)
        else:
            world.note("   ... refused")
            world.excused.add(typed)
        self.reload(record_id)

    def p_noise(self, a: int, b: int) -> None:
        """Somebody types the same again, with a blank or in other letters."""
        world, found = self.world, self.shown(a, "contact")
        name = ("name", "account_number")[b % 2]
        if not found or not self._may_type(found[0], name):
            return
        record_id, row = found
        value: str = getattr(row.record, name)
        if not value:
            return
        bare = value.strip()
        other = (bare if value != bare else value + " ") if name == "name" else value.swapcase()
        world.lineage.mixed = True
        world.lineage.side[version(other)] = "both"
        self._type_here(record_id, name, other)

    def p_revert(self, a: int, b: int) -> None:
        """Somebody types what was there before."""
        found = self.shown(a)
        if not found or self.world.client[found[0]][0] != found[1].sequence:
            return
        record_id, row = found
        service = self.service(record_id)
        name = self.pick([n for n in TYPED[service.name][:3] if n], b) or ""
        states = (row.kind.record.model_validate_json(text) for text in service.db.history[record_id].values())
        older = {getattr(state, name) for state in states} - {"", getattr(row.record, name)}
        value = self.pick(sorted(older), b // 3)
        if value is not None:
            self.world.lineage.reverted = True
            self._type_here(record_id, name, value)

    def p_same(self, a: int, b: int) -> None:
        """Somebody types what Xero shows now."""
        world, found = self.world, self.shown(a)
        if not found or not found[1].state.link:
            return
        record_id, row = found
        link = row.state.link
        assert link
        name = self.pick(["name", "email", "phone"] if world.kind_of[record_id] == "contact" else ["number"], b) or ""
        value = world.xero.records[link.xero_id].values[name]
        typed = self._may_type(record_id, name)
        if typed and world.lineage.same("p", value, getattr(row.record, name)):
            self._type_here(record_id, name, value)

    def p_active(self, a: int, b: int) -> None:
        """Somebody says whether a contact is active."""
        record_id = self.pick(by_label(set(self.world.contacts.rows)), a)
        if record_id:
            row = self.world.contacts.rows[record_id]
            self.world.note(f"{label(record_id)} is {'in' if row.record.active else ''}active on the platform")
            self.world.contacts.edit(record_id, {"active": not row.record.active}, row.sequence)

    def _may_type(self, record_id: UUID, name: str) -> bool:
        row, service = self.row(record_id), self.service(record_id)
        if row is None or self.world.client[record_id][0] != row.sequence:
            return False
        fields = CONTACT.by_name if service.name == "contact" else {}
        return name not in fields or fields[name].owner_for(service.db.chosen.settings) is not Owner.XERO

    def _type_here(self, record_id: UUID, name: str, value: str) -> None:
        self.world.note(f"the platform types {label(record_id)}.{name} = {value!r}")
        service = self.service(record_id)
        if service.edit(record_id, {name: value}, self.world.client[record_id][0]):
            self.bump(record_id, service.name)
        self.reload(record_id)


def _shortly(record: Frozen) -> dict[str, object]:
    return record.model_dump(exclude={"id", "sync", "origin", "total"})
