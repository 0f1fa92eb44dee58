"""Two small kinds with everything that makes syncing hard: what Xero normalises, fills in, computes and owns."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tieout_kit.sync.answers import Hold
from tieout_kit.sync.arrival import Arrival, Import, LinkTo, Skip, Wait, XeroOnly
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.kind import Effect, Kind, Match, Written
from tieout_kit.sync.values import UNKNOWN
from tieout_schemas.bodies import BillBody, Body, ContactBody, Document, GroupLeaverBody, GroupMemberBody, NoteBody
from tieout_schemas.platform import PlatformRecord, SyncState
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record as record_reference
from tieout_schemas.references import setting
from tieout_schemas.topics import BILLS_TOPIC, CONTACTS_TOPIC
from tieout_schemas.writes import Lane
from tieout_schemas.xero import Address

from .names import ident, label
from .records import ORIGIN, Bill, Contact, SeenBill, SeenContact


def _shown(name: str) -> Callable[[Any, Facts], Any]:
    return lambda snapshot, _: getattr(snapshot, name)


def _trimmed(ours: str, theirs: str) -> bool:
    return ours.strip() == theirs.strip()


def _vendor(snapshot: SeenBill, facts: Facts) -> Any:
    contact = facts.copy_behind(Contact, snapshot.contact_xero_id)
    return contact.id if contact else UNKNOWN


def an_account_is_chosen(_: PlatformRecord, facts: Facts) -> Hold | None:
    """MAP-4."""
    if facts.settings.default_expense_account is None:
        return Hold(Reason.EXPENSE_ACCOUNT_NOT_CHOSEN, {}, on=setting("default_expense_account"))
    return None


def its_vendor_is_in_xero(bill: Bill, facts: Facts) -> Hold | None:
    """SYS-2."""
    vendor = facts.copy_of(Contact, bill.vendor_id)
    if vendor is None or vendor.sync.xero_id is None:
        return Hold(Reason.VENDOR_NOT_IN_XERO, {}, on=record_reference(Contact, bill.vendor_id))
    return None


def _contact_body(contact: Contact, facts: Facts, parts: Mapping[str, Any]) -> Body:
    # A release that composes bodies in another way: fields are compared, bodies never.
    return ContactBody(**parts, address=Address(city=f"release {facts.more}"))


def _bill_body(bill: Bill, facts: Facts, parts: Mapping[str, Any]) -> Body:
    vendor = facts.copy_of(Contact, parts["vendor_id"]) if "vendor_id" in parts else None
    return BillBody(number=parts.get("number"), contact_xero_id=vendor.sync.xero_id if vendor else None)


def imported(xero_id: UUID) -> UUID:
    """The id that a record gets that comes in from Xero."""
    return ident("I" + label(xero_id))


def _contact_arrives(only: XeroOnly[SeenContact], same_name: Sequence[Contact], facts: Facts) -> Arrival:
    seen = only.snapshot
    if seen.gone:
        return Skip(Reason.GONE_IN_XERO, {})
    for contact in same_name:
        if contact.sync.xero_id is None and contact.sync.state is not SyncState.NOT_FOR_XERO:
            return LinkTo(contact.id, "CONT-1")
    if not seen.comes_in:
        return Skip(Reason.GONE_IN_XERO, {})
    return Import(_made_from(imported(seen.xero_id), seen), "CONT-3")


def _bill_arrives(only: XeroOnly[SeenBill], _: Sequence[Bill], facts: Facts) -> Arrival:
    return Skip(Reason.VENDOR_NOT_HERE_YET, {})


def _made_from(record_id: UUID, seen: SeenContact) -> Contact:
    fields = {"name", "email", "account_number", "phone", "total"}
    return Contact(id=record_id, origin=ORIGIN, **seen.model_dump(include=fields))


def _contact_again(record_id: UUID, seen: SeenContact, facts: Facts) -> Contact | Wait:
    return _made_from(record_id, seen)


def _bill_again(record_id: UUID, seen: SeenBill, facts: Facts) -> Bill | Wait:
    vendor = facts.copy_behind(Contact, seen.contact_xero_id)
    if vendor is None:
        return Wait()
    return Bill(id=record_id, origin=ORIGIN, number=seen.number, vendor_id=vendor.id, total=seen.total)


def _group(contact: Contact, facts: Facts, xero_id: UUID) -> Sequence[Effect]:
    group = ident(facts.settings.group_name)
    body = GroupMemberBody(group_xero_id=group, contact_xero_id=xero_id)
    undo = GroupLeaverBody(group_xero_id=group, contact_xero_id=xero_id)
    return [Effect("group", body, undo=undo, absent=not contact.active)]


def _note(contact: Contact, written: Written) -> Sequence[Effect]:
    body = NoteBody(document=Document.CONTACT, document_xero_id=written.xero_id, text=f"Revision {written.revision}")
    return [Effect(f"note:{written.revision}", body, lane=Lane.NOTE, once=True)]


CONTACT: Kind[Contact, SeenContact] = Kind(
    record=Contact,
    topic=CONTACTS_TOPIC,
    snapshot=SeenContact,
    ours=lambda _: True,
    gone=operator.attrgetter("gone"),
    fields=(
        # Xero trims it, and we know.
        Field(
            name="name",
            theirs=_shown("name"),
            same=_trimmed,
            owner=lambda settings: Owner(settings.contact_name_wins.value),
        ),
        Field(name="email", theirs=_shown("email"), synced=lambda settings: settings.contact_email),
        # Xero writes it in capitals, and we do not know.
        Field(name="account_number", theirs=_shown("account_number")),
        # Left empty, Xero fills in a default.
        Field(name="phone", theirs=_shown("phone")),
        Field(name="total", theirs=_shown("total"), owner=Owner.XERO_ALONE),
    ),
    compose=_contact_body,
    arrive=_contact_arrives,
    restore=_contact_again,
    rules=(an_account_is_chosen,),
    match=Match(ours=lambda contact: contact.name.strip(), theirs=lambda seen: seen.name),
    effects=_group,
    once=_note,
)
BILL: Kind[Bill, SeenBill] = Kind(
    record=Bill,
    topic=BILLS_TOPIC,
    snapshot=SeenBill,
    ours=lambda _: True,
    gone=operator.attrgetter("gone"),
    fields=(
        Field(name="number", theirs=_shown("number"), same=_trimmed),
        Field(name="vendor_id", theirs=_vendor, sent_as="contact_xero_id"),
        Field(name="total", theirs=_shown("total"), owner=Owner.XERO_ALONE),
    ),
    compose=_bill_body,
    arrive=_bill_arrives,
    restore=_bill_again,
    rules=(an_account_is_chosen, its_vendor_is_in_xero),
)
KINDS: dict[str, Kind[Any, Any]] = {"contact": CONTACT, "bill": BILL}
