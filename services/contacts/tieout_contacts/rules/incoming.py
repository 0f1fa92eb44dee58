"""CONT-1, CONT-3, CONT-4, CONT-8: what contacts of Xero mean here."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from tieout_contacts.model import Unlinked
from tieout_contacts.rules.fields import first_set, off
from tieout_kit.sync import wish
from tieout_schemas.payload import Origin
from tieout_schemas.platform import Sync, Vendor
from tieout_schemas.settings import Choices, Wins
from tieout_schemas.xero import ContactStatus, XeroContact


@dataclass(frozen=True, slots=True)
class Link:
    """The contact and the candidate are one."""


@dataclass(frozen=True, slots=True)
class Become:
    """The contact becomes a new vendor."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The contact stays in Xero only, until something else happens."""


def first_sight(contact: Unlinked, candidate: Vendor | None) -> Link | Become | Wait:
    """What a contact of Xero that is none of ours means here.

    Source: CONT-1, CONT-4. `candidate`: the unlinked vendor of its name. While a vendor's create is under way, Xero's
    answer tells whether it is this contact or another; a refusal because the name exists there leads back here.
    """
    active = contact.seen.status is ContactStatus.ACTIVE
    # Not an archived one: Xero lets its name be used again.
    if active and candidate:
        others = contact.seen.record_id not in (None, candidate.id)
        return Wait() if others or candidate.sync.in_flight else Link()
    return Become() if contact.classified else Wait()


def linked(vendor: Vendor, contact: Unlinked, origin: Origin, chosen: Choices) -> Vendor:
    """The vendor once it is known to be this contact; where it is empty, it takes what Xero has (CONT-10).

    What was wished for goes out as an update. A refused create is wished for again: as an update it can succeed.
    """
    sync = wish(vendor.sync) if vendor.sync.refused == vendor.sync.desired else vendor.sync
    at = {"xero_id": contact.seen.xero_id, "xero_sequence": contact.sequence}
    return vendor.model_copy(
        update={
            "sync": sync.model_copy(update=at),
            "origin": origin,
            **first_set(vendor, contact.seen.model_copy(update=off(chosen))),
        }
    )


def vendor_id_of(tenant_id: UUID, xero_id: UUID) -> UUID:
    """The id of the vendor that a contact becomes. It follows from Xero's, so that one can never become two."""
    return uuid5(tenant_id, str(xero_id))


def became(contact: Unlinked, origin: Origin, chosen: Choices) -> Vendor:
    """The vendor that a contact of Xero becomes (CONT-3)."""
    seen = contact.seen
    vendor_id = vendor_id_of(contact.tenant_id, seen.xero_id)
    new = Vendor(id=vendor_id, sync=Sync(xero_id=seen.xero_id), origin=origin, name=seen.name)
    filled = new.model_copy(update={**first_set(seen, new), **off(chosen)})
    return follow(filled, seen, contact.sequence, origin, chosen)


def follow(vendor: Vendor, seen: XeroContact, sequence: int, origin: Origin, chosen: Choices) -> Vendor:
    """A linked vendor after a newer snapshot; an older one changes nothing.

    Source: CONT-8 (an archived contact changes only its mark), CONT-10, MAP-5 (the fields that sync), CONT-11: Xero's
    change is taken unless one made here is on its way, which is the later one; the name is one side's, if the tenant
    chose so. Our own echo says nothing new, but of a contact that was there before us it tells what we had left empty.
    """
    if sequence < vendor.sync.xero_sequence:
        return vendor
    archived = seen.status is not ContactStatus.ACTIVE
    view = {
        "sync": vendor.sync.model_copy(update={"xero_sequence": sequence}),
        "archived_in_xero": archived,
    }
    ours_is_later = vendor.sync.desired > vendor.sync.acknowledged or sequence == vendor.sync.xero_sequence
    theirs = seen.model_copy(update=off(chosen))
    content = first_set(vendor, theirs) if ours_is_later else first_set(theirs, vendor)
    content |= _name(vendor, seen, chosen)
    followed = vendor.model_copy(update=view if archived else {**view, **content})
    same = followed.model_copy(update={"sync": vendor.sync}) == vendor
    return followed if same else followed.model_copy(update={"origin": origin})


def _name(vendor: Vendor, seen: XeroContact, chosen: Choices) -> dict[str, str]:
    match chosen.contact_name_wins:
        case Wins.PLATFORM:
            return {"name": vendor.name}
        case Wins.XERO:
            return {"name": seen.name}
        case Wins.LATEST:
            return {}
