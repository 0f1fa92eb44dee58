"""What must hold at rest (docs/sync-semantics.md, section 6); I1, I2, I6 and I10 are checked on the way."""

from typing import Any
from uuid import UUID

from tieout_schemas.platform import SyncState

from .database import Row, Said
from .lineage import version
from .names import ident, label
from .records import Contact
from .service import Service
from .world import World
from .xero import XeroRecord


def at_rest(world: World, healed: bool) -> None:
    """I3, I8: what says that it is in step is, and nothing waits for ever. `healed`: nothing keeps anything back."""
    for service in world.services.values():
        for row in service.rows.values():
            _nothing_hangs(world, row)
            _holds_hold(world, row, healed)
            link = row.state.link
            if link is None:
                is_in_step = row.record.sync.state is SyncState.IN_STEP
                world.check(not is_in_step, "I3", f"{label(row.record.id)} is not in Xero and says in_step")
            elif _is_counted(world, row, world.xero.records[link.xero_id]):
                _is_equal(world, service, row, link.xero_id)
    _copies_are_right(world)


def _nothing_hangs(world: World, row: Row) -> None:
    state, who = row.state, label(row.record.id)
    flying = [e for e in (state.main, *state.others.values()) if e.flight]
    world.check(not flying, "I8", f"{who} waits for an answer for ever")
    world.check(row.record.sync.state is not SyncState.ON_ITS_WAY, "I8", f"{who} is on its way for ever")
    gone = state.link is not None and world.xero.records[state.link.xero_id].gone
    refused = row.record.sync.state is SyncState.REFUSED and state.main.refused
    if refused and refused.messages == ("gone",):
        world.check(gone, "I8", f"{who} is refused for being gone in Xero, which it is not")


def _holds_hold(world: World, row: Row, healed: bool) -> None:
    sync, who = row.record.sync, label(row.record.id)
    kept = set()
    for reference in sync.waits_for:
        if reference.kind == "connection":
            world.check(not world.connected, "I8", f"{who} waits for the connection, which is there")
        elif reference.kind == "setting":
            chosen = world.settings.default_expense_account is not None
            world.check(not chosen, "I8", f"{who} waits for an account, which is chosen")
        else:
            vendor = world.contacts.rows.get(UUID(reference.id))
            if vendor is None or vendor.state.link is None:
                kept.add(reference)
    if healed and (sync.state is not SyncState.WAITING or set(sync.waits_for) - kept):
        rests = sync.state in (SyncState.IN_STEP, SyncState.NOT_FOR_XERO)
        world.check(rests, "I8", f"{who} is {sync.state} though every cause is gone")


def _is_counted(world: World, row: Row, there: XeroRecord) -> bool:
    """Whether it is to be equal on both sides."""
    stays, who = row.record.sync.state is SyncState.NOT_FOR_XERO, label(row.record.id)
    if there.gone or row.state.by_hand:
        world.check(stays, "I3", f"{who} is {row.record.sync.state}, gone in Xero")
        return False
    world.check(not stays, "I3", f"{who} counts as gone, but is there")
    return True


def _is_equal(world: World, service: Service, row: Row, xero_id: UUID) -> None:
    record, there, who = row.record, world.xero.records[xero_id], label(row.record.id)
    world.check(record.total == there.values["total"], "I3", f"{who}.total is not Xero's")
    if record.sync.state is not SyncState.IN_STEP:
        return
    for each in service.kind.fields:
        if each.name == "vendor_id":
            vendor = world.contacts.rows.get(record.vendor_id)
            known = vendor and vendor.state.link and not vendor.state.closed and not vendor.state.duplicate
            if vendor and vendor.state.link and known:
                same = there.values["contact_xero_id"] == str(vendor.state.link.xero_id)
                world.check(same, "I3", f"{who} is of {label(record.vendor_id)} here, and of another in Xero")
        elif each.name != "total" and each.synced(world.settings):
            ours, theirs = getattr(record, each.name), there.values[each.name]
            same = version(ours) == version(theirs) or not ours
            world.check(same, "I3", f"{who}.{each.name} is {ours!r} here, {theirs!r} in Xero, and says in_step")
    if service.name == "contact":
        group, wanted = world.xero.groups.get(xero_id), ident(world.settings.group_name) if record.active else None
        world.check(group == wanted, "I3", f"{who} is in {label(group)}, not in {label(wanted)}")


def _copies_are_right(world: World) -> None:
    for record_id, row in world.contacts.rows.items():
        newest = world.bills.db.copies.get(record_id)
        same = newest is not None and _content(newest[1]) == _content(row.record_json)
        world.check(same, "I8", f"bills does not know {label(record_id)} as it is")


def _content(text: str) -> tuple[Any, Any]:
    contact = Contact.model_validate_json(text)
    return contact.sync.xero_id, contact.model_dump(exclude={"sync", "origin"})


def nothing_lost(world: World) -> None:
    """I4: what somebody typed is behind what both sides have now, or behind a value that lost on record."""
    if world.lineage.reverted:
        return
    for service in world.services.values():
        for row in service.rows.values():
            state = row.state
            if state.link and not state.duplicate and row.record.sync.state is SyncState.IN_STEP:
                for each in service.kind.fields:
                    if each.name not in ("total", "vendor_id") and each.synced(world.settings):
                        _field_is_not_lost(world, service.name, row, each.name)


def _field_is_not_lost(world: World, kind: str, row: Row, name: str) -> None:
    state, record_id, lineage = row.state, row.record.id, world.lineage
    assert state.link
    xero_id = state.link.xero_id
    final = version(world.xero.records[xero_id].values[name])
    losers = [version(value) for who, field, value in world.losers if (who, field) == (record_id, name)]
    cells = ((kind, record_id, name), ("x", xero_id, name))
    for typed, cell in lineage.cell.items():
        if cell in cells and typed not in world.excused:
            elsewhere = any(typed in world.xero.had.get((other, name), ()) for other in state.closed_ids)
            found = elsewhere or any(lineage.follows(later, typed) for later in (final, *losers))
            what = f"v{typed} of {label(record_id)}.{name} is lost: both sides have v{final}, and nothing tells of it"
            world.check(found, "I4", what)


def bounded(world: World) -> None:
    """I5, I9: writes are due to changes; a record is made once, a note is written once."""
    xero = world.xero
    for (kind, record_id, effect), writes in xero.writes.items():
        if effect == kind:
            made = xero.made.get((kind, record_id), ())
            touched = [x for x, r in xero.records.items() if r.kind == kind] if kind == "contact" else made
            changes = world.changes[kind, record_id] + sum(world.changes_in_xero[x] for x in touched)
            bound = 1 + changes + 2 * world.changes_of_all
            world.check(writes <= bound, "I5", f"{writes} writes of {label(record_id)}, at most {bound} are due")
    world.check(len(xero.notes) == len(set(xero.notes)), "I9", "a note was written twice")
    for (kind, record_id), made_for in xero.made.items():
        row = world.services[kind].rows.get(record_id)
        if row is None or not row.state.duplicate:
            once = len(made_for) <= 1 + world.exports[kind, record_id]
            world.check(once, "I9", f"{label(record_id)} was made {len(made_for)} times in Xero")
            if row and row.state.link:
                ours = {row.state.link.xero_id} | row.state.closed_ids
                orphans = [label(x) for x in made_for if x not in ours]
                world.check(not orphans, "I9", f"{orphans} was made for {label(record_id)}, which is another")


def published(world: World) -> None:
    """I7: no two equal public states follow each other."""
    for topic in ("records.contact", "records.bill"):
        last: dict[UUID, Said] = {}
        for said in world.log[topic]:
            before = last.get(said.record.id)
            if before and said.sequence <= before.sequence:
                continue
            if before and not world.changes_of_all:
                changed = _public(before.record) != _public(said.record)
                world.check(changed, "I7", f"{label(said.record.id)} was published though nothing changed")
            last[said.record.id] = said


def _public(record: Any) -> Any:
    return record.model_dump(exclude={"origin": True, "sync": {"based_on_sequence"}})
