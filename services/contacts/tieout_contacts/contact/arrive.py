"""CONT-1, CONT-3, CONT-4: what a contact of Xero means here, and what documents make of it."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from tieout_contacts.contact.fields import FIELDS
from tieout_contacts.model import Contact, Role, RoleState
from tieout_kit.sync import Arrival, Facts, Import, LinkTo, Wait, XeroOnly, imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import SyncState
from tieout_schemas.xero import ContactStatus, XeroContact


def arrive(only: XeroOnly[XeroContact], candidates: Sequence[Contact], facts: Facts) -> Arrival:
    """CONT-1, CONT-4. It is the unlinked contact of its name, or becomes what a document made of it, or waits.

    While a contact's create is under way, Xero's answer tells whether it is this one or another; a refusal because the
    name exists there leads back here.
    """
    seen = only.snapshot
    free = [contact for contact in candidates if contact.sync.xero_id is None]
    # Not an archived one: Xero lets its name be used again.
    if seen.status is ContactStatus.ACTIVE and free:
        under_way = free[0].sync.state is SyncState.ON_ITS_WAY
        return Wait() if under_way else LinkTo(free[0].id, rule="CONT-1")
    if _roles(seen, facts):
        return Import(_contact(imported_id(only.tenant_id, seen.xero_id), seen, facts), rule="CONT-4")
    return Wait()


def restore(contact_id: UUID, seen: XeroContact, facts: Facts) -> Contact | Wait:
    """SYS-1. The contact that Xero's was: with the roles that documents gave it, or else a vendor."""
    return _contact(contact_id, seen, facts)


def becomes(contact: Contact, seen: XeroContact, facts: Facts) -> tuple[Contact, str] | None:
    """CONT-4. What documents make of a contact that is here, whichever came first: the link or the document."""
    # Ids of their own: the platform may have chosen the contact's for a role of another contact.
    new = {role: RoleState(id=uuid5(contact.id, role)) for role in _roles(seen, facts) if not contact.role(role)}
    return (contact.replace(**new), "CONT-4") if new else None


def _contact(contact_id: UUID, seen: XeroContact, facts: Facts) -> Contact:
    roles = {role.value: RoleState(id=contact_id) for role in _roles(seen, facts) or {Role.VENDOR}}
    taken = {each.name: each.theirs(seen, facts) for each in FIELDS if each.synced(facts.settings)}
    return Contact(
        id=contact_id,
        origin=Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="CONT-4"),
        **{"name": seen.name} | roles | taken,
    )


def _roles(seen: XeroContact, facts: Facts) -> frozenset[Role]:
    """What documents made of a contact."""
    roles: frozenset[Role] = (facts.more or {}).get(seen.xero_id, frozenset())
    return roles
