"""What administrators do: settings, retries, links, releases, and restoring what was lost."""

from typing import Any
from uuid import UUID

from tieout_kit.sync.field import Owner
from tieout_schemas.settings import ConflictPolicy, NamePolicy

from .database import Chosen, connection
from .names import by_label, label
from .stage import Stage

ACCOUNT: tuple[str, list[Any]] = ("default_expense_account", [UUID(int=400), None])
EMAIL: tuple[str, list[Any]] = ("contact_email", [True, False])
NAME: tuple[str, list[Any]] = ("contact_name_wins", list(NamePolicy))
GROUP: tuple[str, list[Any]] = ("group_name", ["G1", "G2"])
KNOBS = [("connected", [True, False]), ACCOUNT, EMAIL, NAME, ("conflicts", list(ConflictPolicy)), GROUP, EMAIL, NAME]
"""What can be chosen; some more often."""


class Administrators(Stage):
    """Administrators of the tenant, and ours."""

    # ------------------------------------------------------------------------------------------------ settings
    def set(self, a: int, b: int) -> None:
        """A setting changes, or the connection."""
        world = self.world
        name, values = KNOBS[a % len(KNOBS)]
        now = world.connected if name == "connected" else getattr(world.settings, name)
        value = self.pick([value for value in values if value != now], b)
        world.note(f"setting {name} = {value}")
        if name == "connected":
            world.connected = bool(value)
        else:
            world.settings = world.settings.replace(**{name: value})
        if name in ("contact_name_wins", "conflicts"):
            world.nobody_overrules = False
        self.choose()

    def choose(self) -> None:
        """The settings and the connection are published."""
        world = self.world
        world.settings = world.settings.replace(version=world.settings.version + 1)
        world.changes_of_all += 1
        chosen = Chosen(world.tick(), world.settings, connection(world.connected))
        world.publish("chosen", chosen, f"version {world.settings.version}")

    def set_group(self, a: int, b: int) -> None:
        """The group that contacts belong in changes its name."""
        self.set(KNOBS.index(GROUP), 0)

    def release(self, a: int, b: int) -> None:
        """A release composes bodies in another way."""
        self.world.release += 1
        self.world.note("a release")
        for service in self.world.services.values():
            service.sweep("release")

    # -------------------------------------------------------------------------------------------- single records
    def retry(self, a: int, b: int) -> None:
        """Somebody wants a record tried again."""
        found = self.pick(self.rows(), a)
        if found:
            service, row = found
            effects = (row.state.main, *row.state.others.values())
            if any(effect.refused for effect in effects):
                self.world.note(f"somebody retries {label(row.record.id)}")
                self.bump(row.record.id, service.name)
                self.world.tick()
                service.retry(row.record.id)

    def resolve(self, a: int, b: int) -> None:
        """Somebody settles a conflict."""
        found = self.pick([each for each in self.rows() if each[1].state.conflict], a)
        if found:
            service, row = found
            name, keep = sorted(row.state.conflict)[0], Owner.PLATFORM if b % 2 else Owner.XERO
            self.world.note(f"somebody settles {label(row.record.id)}.{name}: {keep}")
            self.bump(row.record.id, service.name)
            self.world.tick()
            shown = self.world.conflicts_shown.get(row.record.id, {})
            # Sometimes by a page that somebody has had open for a while.
            values = shown if b % 3 and name in shown else row.state.conflict
            service.resolve(row.record.id, name, keep, values[name])

    def unlink(self, a: int, b: int) -> None:
        """Somebody undoes the link of a contact."""
        record_id = self.pick(self.world.contacts.rows, a)
        if record_id:
            self.world.note(f"somebody unlinks {label(record_id)}")
            if self.world.contacts.unlink(record_id):
                self.bump(record_id, "contact", 2)

    def link(self, a: int, b: int) -> None:
        """Somebody links a contact."""
        contacts = self.world.contacts
        record_id = self.pick([row.record.id for row in contacts.rows.values() if not row.state.link], a)
        xero_id = self.pick(by_label(set(contacts.db.xero_only)), b)
        if record_id and xero_id:
            self.world.note(f"somebody links {label(record_id)} to {label(xero_id)}")
            if contacts.link(record_id, xero_id):
                self.bump(record_id, "contact", 2)

    def export(self, a: int, b: int) -> None:
        """Somebody has an unlinked contact made in Xero after all."""
        contacts = self.world.contacts
        record_id = self.pick([row.record.id for row in contacts.rows.values() if row.state.by_hand], a)
        if record_id:
            self.world.note(f"somebody exports {label(record_id)}")
            contacts.export(record_id)
            self.world.exports["contact", record_id] += 1
            self.bump(record_id, "contact")

    # ------------------------------------------------------------------------------------------------- disaster
    def dump(self, a: int, b: int) -> None:
        """A backup of a database is made."""
        service = self.world.bills if a % 3 == 0 else self.world.contacts
        self.world.dumps[service.name] = (service.db.dump(), self.world.lineage.newest)
        self.world.note(f"{service.name}s is dumped")

    def restore(self, a: int, b: int) -> None:
        """A database is restored from its backup."""
        world, lineage = self.world, self.world.lineage
        service = world.bills if a % 3 == 0 else world.contacts
        if service.name not in world.dumps:
            return
        dump, newest = world.dumps.pop(service.name)
        shown = {v for (_, name), had in world.xero.had.items() for v in had if name != "total"}
        for typed in range(newest + 1, lineage.newest + 1):
            here = lineage.side[typed] in ("p", "both") and lineage.cell[typed][0] == service.name
            if here and typed not in shown:
                world.excused.add(typed)
        world.tick()
        world.note(f"the dump of {service.name}s is restored")
        service.restore(dump)
        world.restored_at = min(world.restored_at, lineage.newest)
        self._after_disaster(service.name)

    def rebuild(self, a: int, b: int) -> None:
        """A database is made again from the topics."""
        service = self.world.bills if a % 3 == 0 else self.world.contacts
        self.world.tick()
        self.world.note(f"{service.name}s is rebuilt from the topics")
        service.rebuild()
        self._after_disaster(service.name)

    def _after_disaster(self, kind: str) -> None:
        self.world.changes_of_all += 3
        for record_id in list(self.world.client):
            if self.world.kind_of[record_id] == kind:
                del self.world.client[record_id]
                self.reload(record_id)
