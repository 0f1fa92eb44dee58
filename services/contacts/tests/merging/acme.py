"""A contact that came from Xero, and how either side changes it."""

import datetime as dt
from typing import Any
from uuid import uuid4

from tieout_contacts.contact import CONTACT
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.sync.arrival import imported_id
from tieout_kit.sync.facts import Facts
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, Sync, SyncState
from tieout_schemas.xero import Address, XeroContact
from tieout_testing.builders import ANA_MADE_IT, NOW, TENANT_ID, facts, xero_contact
from tieout_testing.kind_harness import KindHarness

XERO_ID = uuid4()
CONTACT_ID = imported_id(TENANT_ID, XERO_ID)
BEFORE, AFTER = NOW - dt.timedelta(minutes=1), NOW + dt.timedelta(minutes=1)
"""Of an edit here, which is at NOW."""
CLOSED = ConnectionState.DISCONNECTED

BASE: dict[str, Any] = {
    "name": "Acme", "email": "a@acme.nz", "phone": "64-9-111", "address": Address(city="Auckland"),
    "account_number": "A-7",
}  # fmt: skip
"""What both sides show while they are in step."""
HERE: dict[str, Any] = {
    "name": "Here", "email": "here@acme.nz", "phone": "64-9-222", "address": Address(city="Wellington"),
    "account_number": "H-1",
}  # fmt: skip
THERE: dict[str, Any] = {
    "name": "There", "email": "there@acme.nz", "phone": "64-9-333", "address": Address(city="Dunedin"),
    "account_number": "T-1",
}  # fmt: skip
EMPTY: dict[str, Any] = {"email": "", "phone": "", "address": Address(), "account_number": ""}


def known(state: ConnectionState = ConnectionState.CONNECTED, **chosen: Any) -> Facts:
    """The facts; a bill made the contact a vendor."""
    return facts(connection=state, more={XERO_ID: {PartyRole.VENDOR}}, **chosen)


def linked(state: ConnectionState = ConnectionState.CONNECTED, **chosen: Any) -> KindHarness[Contact, XeroContact]:
    """A contact in step. While not connected (CLOSED), both sides can change it before anything is sent."""
    rehearsal = KindHarness(CONTACT, known(state, **chosen))
    rehearsal.deliver((there(), 5))
    return rehearsal


def there(updated_at: dt.datetime = BEFORE, **more: Any) -> XeroContact:
    """The contact as Xero shows it."""
    return xero_contact(XERO_ID, updated_at=updated_at, **(BASE | more))


def contact(seen: int = 5, *, state: SyncState = SyncState.IN_STEP, gone: bool = False, **more: Any) -> Contact:
    """The whole record as it should be here."""
    sync = Sync(state=state, xero_id=XERO_ID, gone_in_xero=gone, based_on_sequence=seen)
    return Contact(id=CONTACT_ID, sync=sync, origin=ANA_MADE_IT, vendor=RoleState(id=CONTACT_ID), **(BASE | more))


def whole(rehearsal: KindHarness[Contact, XeroContact]) -> Contact:
    """The record without its origin, which it gets when it is published."""
    return rehearsal.record(CONTACT_ID).replace(origin=ANA_MADE_IT)


def sent(rehearsal: KindHarness[Contact, XeroContact], field: str) -> list[Any]:
    """The value of a field in the intent; None: the intent leaves the field unchanged in Xero."""
    bodies = [intent.body for intent in rehearsal.intents]
    return [getattr(body, field) for body in bodies if isinstance(body, ContactBody)]
