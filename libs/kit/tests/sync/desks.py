"""Desks to look at as a whole."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tieout_kit.events import Cause
from tieout_kit.sync.arrival import Skip, XeroOnly
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.linking import unlink
from tieout_kit.sync.state import Link, State
from tieout_kit.sync.values import mark
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import WriteIntent

from .build import NOW, X1, X2, A, contact, facts, linked, seen, unlinked
from .database import CAUSE
from .kinds import CONTACT
from .names import TENANT, ident
from .records import Contact, SeenContact

BARE: Kind[Any, Any] = replace(CONTACT, effects=lambda *_: (), once=lambda *_: (), rules=())
"""Contacts without other effects and rules."""
NEWS = Cause("the news", "the first cause", None)
FILLED: dict[str, Any] = {"name": "n", "email": "e", "account_number": "a", "phone": "p", "total": "t"}
X3 = ident("X3")
K1, K2, K3, KA = (TENANT, X1), (TENANT, X2), (TENANT, X3), (TENANT, A)
"""The keys of three records of Xero, and of the contact A."""
GONE = Skip(Reason.GONE_IN_XERO, {})
BASE = {name: (mark(FILLED[name]), mark(FILLED[name])) for name in ("name", "email", "account_number", "phone")}


def bare(ours: Contact, there: Seen[SeenContact] | None = None, known: Facts | None = None) -> Work[Any, Any]:
    """A contact that is in step with this record of Xero, or is not in Xero."""
    work = linked(ours, there, known=known) if there else unlinked(ours, known)
    work.kind = BARE
    return work


def a_desk(*works: Work[Any, Any], kind: Kind[Any, Any] = BARE, known: Facts | None = None) -> Desk[Any, Any]:
    """A desk with these records."""
    desk: Desk[Any, Any] = Desk(kind, lambda _: known or facts())
    for work in works:
        desk.add(work)
    return desk


def put_only(desk: Desk[Any, Any], *there: Seen[Any], former: UUID | None = None, tenant_id: UUID = TENANT) -> None:
    """Put unlinked records of Xero on it."""
    for each in there:
        only = XeroOnly(tenant_id, each.sequence, each.snapshot, former)
        desk.xero_only[tenant_id, each.snapshot.xero_id] = only


def state_linked(by: str, *, xero_id: UUID = X1, sequence: int = 100, **more: Any) -> State:
    """The state of a contact that was just linked to a record that is filled like `FILLED`, changed there at 0."""
    return State(link=Link(xero_id=xero_id, since=NOW, by=by, base=BASE, changed_there=sequence), **more)


def stamped(sequence: int = 100, **values: Any) -> Seen[Any]:
    """The record of Xero, with the stamp of the contact A."""
    there = seen(sequence, **values)
    return Seen(sequence, there.snapshot.replace(record_id=A))


def only_of(there: Seen[Any], former: UUID | None = None) -> XeroOnly[Any]:
    """A record of Xero that is linked to no contact, as it is stored. `former`: the contact that had it before."""
    return XeroOnly(TENANT, there.sequence, there.snapshot, former)


def stored(desk: Desk[Any, Any]) -> tuple[Any, ...]:
    """What of it is to be saved: the records that were touched, the unlinked ones that changed, and all decisions."""
    return list(desk.touched), desk.changed_only, desk.xero_only, desk.arrivals


def creating() -> tuple[Desk[Any, Any], Work[Any, Any], WriteIntent]:
    """A contact whose create is in flight."""
    work = bare(contact(name="n"))
    desk = a_desk(work)
    desk.check(work, CAUSE)
    desk.touched.clear()
    return desk, work, work.intents[0]


def leaving() -> tuple[Desk[Any, Any], Work[Any, Any], WriteIntent]:
    """A contact that was unlinked from X1 while its change was in flight."""
    work = linked(contact(name="n"), seen(name="old"), {"name": ("old", "old")})
    work.kind = BARE
    desk = a_desk(work)
    desk.check(work, CAUSE)
    unlink(work)
    desk.touched.clear()
    return desk, work, work.intents[0]
