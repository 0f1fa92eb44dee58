"""CONT-1, CONT-3, CONT-4: when a contact of Xero is linked or imported, and in which roles."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from tieout_contacts.contact.fields import FIELDS
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_kit.sync import Arrival, Facts, Import, LinkTo, Wait, XeroOnly, imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import SyncState
from tieout_schemas.xero import ContactStatus, XeroContact


def arrive(only: XeroOnly[XeroContact], candidates: Sequence[Contact], facts: Facts) -> Arrival:
    """CONT-1, CONT-4. Link it to an unlinked contact of the same name, or import it in the roles that documents gave
    it, or wait.

    While that contact is being created in Xero, wait for the answer: it shows which contact of Xero was created. If
    Xero refuses because the name exists, this function runs again.
    """
    seen = only.snapshot
    if seen.merged_to:
        # Its documents belong to the other contact now (CONT-14).
        return Wait()
    free = [contact for contact in candidates if contact.sync.xero_id is None]
    # An archived contact is not linked: Xero allows its name to be used again.
    if seen.status is ContactStatus.ACTIVE and free:
        under_way = free[0].sync.state is SyncState.ON_ITS_WAY
        return Wait() if under_way else LinkTo(free[0].id, rule="CONT-1")
    if _roles(seen, facts):
        return Import(_contact(imported_id(only.tenant_id, seen.xero_id), seen, facts), rule="CONT-4")
    return Wait()


def restore(contact_id: UUID, seen: XeroContact, facts: Facts) -> Contact | Wait:
    """SYS-1. The contact for a contact of Xero, in the roles that documents gave it, or else as a vendor."""
    return _contact(contact_id, seen, facts)


def becomes(contact: Contact, seen: XeroContact, facts: Facts) -> tuple[Contact, str] | None:
    """CONT-4. The contact with the roles that documents gave it, whether the link or the document came first."""
    # A new role needs an id of its own: the platform may already use the contact's id for another contact's role.
    new = {role: RoleState(id=uuid5(contact.id, role)) for role in _roles(seen, facts) if not contact.role(role)}
    return (contact.replace(**new), "CONT-4") if new else None


def _contact(contact_id: UUID, seen: XeroContact, facts: Facts) -> Contact:
    roles = {role.value: RoleState(id=contact_id) for role in _roles(seen, facts) or {PartyRole.VENDOR}}
    taken = {each.name: each.theirs(seen, facts) for each in FIELDS if each.synced(facts.settings)}
    return Contact(
        id=contact_id,
        origin=Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="CONT-4"),
        **roles | taken,
    )


def _roles(seen: XeroContact, facts: Facts) -> frozenset[PartyRole]:
    """The roles that documents gave to a contact."""
    roles: frozenset[PartyRole] = (facts.more or {}).get(seen.xero_id, frozenset())
    return roles
