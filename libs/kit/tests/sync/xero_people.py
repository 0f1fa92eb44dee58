"""What people do in Xero."""

from uuid import UUID

from .names import by_label, label
from .records import in_xero
from .stage import Stage
from .xero import DEFAULT_PHONE, XeroRecord

TYPED = {"contact": ["name", "email", "account_number", "phone", "name"], "bill": ["number"]}


class XeroPeople(Stage):
    """The people in Xero."""

    def _touchable(self, n: int) -> tuple[UUID, XeroRecord] | None:
        """A record of Xero that somebody may change now."""
        records = self.world.xero.records
        xero_id = self.pick(by_label(set(records)), n)
        if xero_id is None or records[xero_id].gone or not self.world.touchable(xero_id):
            return None
        return xero_id, records[xero_id]

    def _type_there(self, xero_id: UUID, name: str, value: str) -> None:
        self.world.note(f"somebody changes {label(xero_id)}.{name} in Xero to {value!r}")
        self.world.xero.records[xero_id].values[name] = value
        self._has_changed(xero_id)

    def _has_changed(self, xero_id: UUID) -> None:
        self.world.tick()
        self.world.xero.changed(xero_id)
        self.world.changes_in_xero[xero_id] += 1

    def x_edit(self, a: int, b: int) -> None:
        """Somebody changes a field in Xero."""
        if found := self._touchable(a):
            xero_id, record = found
            name = TYPED[record.kind][b % len(TYPED[record.kind])]
            value = self.world.lineage.new("x", ("x", xero_id, name), record.values[name])
            self._type_there(xero_id, name, in_xero(name, value))

    def x_same(self, a: int, b: int) -> None:
        """Somebody types in Xero what we have."""
        found = self._touchable(a)
        if not found:
            return
        xero_id, record = found
        rows = self.world.services[record.kind].rows.values()
        row = next((row for row in rows if row.state.link and row.state.link.xero_id == xero_id), None)
        if row is None:
            return
        name = self.pick(["name", "email"] if record.kind == "contact" else ["number"], b) or ""
        value = in_xero(name, getattr(row.record, name))
        if value and self.world.lineage.same("x", value, record.values[name]):
            self._type_there(xero_id, name, value)

    def x_revert(self, a: int, b: int) -> None:
        """Somebody types in Xero what was there before."""
        found = self._touchable(a)
        if not found:
            return
        xero_id, record = found
        name = self.pick(TYPED[record.kind][:3], b) or ""
        snapshots = [seen.snapshot for seen in self.world.snapshots(record.kind)]
        older = [getattr(s, name) for s in snapshots if s.xero_id == xero_id]
        value = self.pick([each for each in older if each not in ("", record.values[name])], b // 3)
        if value is not None:
            self.world.lineage.reverted = True
            self._type_there(xero_id, name, value)

    def x_new(self, a: int, b: int) -> None:
        """Somebody makes a contact in Xero."""
        self._make_there({}, b)

    def x_twin(self, a: int, b: int) -> None:
        """Somebody makes a contact in Xero with a name that we have."""
        row = self.pick(self.world.contacts.rows.values(), a)
        if row:
            self.world.lineage.mixed = True
            self._make_there({"name": row.record.name}, b)

    def _make_there(self, given: dict[str, str], b: int) -> None:
        world, xero = self.world, self.world.xero
        if len(xero.records) >= 4:
            return
        xero_id = xero.next_id()
        fields = [name for name in ("name", "email", "account_number") if name not in given]
        typed = given | {f: world.lineage.new("x", ("x", xero_id, f), "") for f in fields}
        values = {name: in_xero(name, value) for name, value in typed.items()} | {"phone": DEFAULT_PHONE}
        xero.records[xero_id] = XeroRecord("contact", None, values, comes_in=bool(b % 2))
        world.tick()
        xero.changed(xero_id)
        world.note(f"somebody makes contact {label(xero_id)} in Xero ({'comes in' if b % 2 else 'stays there'})")

    def x_gone(self, a: int, b: int) -> None:
        """Somebody archives a record of Xero."""
        records = self.world.xero.records
        xero_id = self.pick([x for x in by_label(set(records)) if not records[x].gone], a)
        if xero_id and self.world.touchable(xero_id):
            records[xero_id].gone = True
            self.world.tick()
            self.world.xero.changed(xero_id)
            self.world.note(f"{label(xero_id)} is archived in Xero")

    def x_back(self, a: int, b: int) -> None:
        """Somebody takes it out of the archive again."""
        records = self.world.xero.records
        xero_id = self.pick([x for x in by_label(set(records)) if records[x].gone], a)
        if xero_id:
            records[xero_id].gone = False
            self._has_changed(xero_id)
            self.world.note(f"{label(xero_id)} is restored in Xero")

    def x_fix(self, a: int, b: int) -> None:
        """From now on, or no more, Xero refuses a change of this contact's account number."""
        records = self.world.xero.records
        xero_id = self.pick([x for x in by_label(set(records)) if records[x].kind == "contact"], a)
        if xero_id and self.world.touchable(xero_id):
            records[xero_id].fixed = not records[xero_id].fixed
            self.world.note(f"{label(xero_id)} is {'fixed' if records[xero_id].fixed else 'free'}")

    def refuse(self, a: int, b: int) -> None:
        """From now on, or no more, Xero refuses every write."""
        self.world.xero.refuses = not self.world.xero.refuses
        self.world.note("Xero refuses writes" if self.world.xero.refuses else "Xero takes writes again")
