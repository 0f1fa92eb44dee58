"""Who has the name or the account number that Xero refuses to a contact of ours (F29, F30)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tieout_contacts.contact.fields import name_key
from tieout_contacts.model import Contact, PartyRole
from tieout_kit.postgres import Tx, queries
from tieout_kit.sync import Objection
from tieout_schemas.reasons import Reason
from tieout_schemas.xero import ContactStatus, XeroContact

_SQL = queries.load("tieout_contacts", "contacts.sql")
_SOMEBODY = "another contact in Xero"


async def objections(tx: Tx, tenant_id: UUID, contact: Contact, codes: Sequence[str]) -> Sequence[Objection]:
    """The reasons for which Xero refused a contact, each with the contact that is in the way."""
    rows = await tx.db.fetch(
        *_SQL["holders"](
            tenant_id=tenant_id,
            id=contact.id,
            name=name_key(contact.name),
            account_number=contact.account_number.strip().lower(),
        )
    )
    return [_objection(Reason.of(code), contact, rows) for code in codes]


def _objection(reason: Reason, contact: Contact, rows: Sequence[Any]) -> Objection:
    """An active contact is in the way rather than an archived one."""
    field = reason.value.field
    value = str(getattr(contact, field))
    same = [row for row in rows if row["field"] == field]
    here = next((Contact.model_validate_json(row["doc"]) for row in same if row["here"]), None)
    theirs = [XeroContact.model_validate_json(row["doc"]) for row in same if not row["here"]]
    active = next((each for each in theirs if each.status is ContactStatus.ACTIVE), None)
    archived = next((each for each in theirs if each.status is not ContactStatus.ACTIVE), None)
    holder = _SOMEBODY
    if here:
        holder = f"{_role_of(here)} {here.name}"
    elif active:
        holder = f"the contact {active.name} in Xero"
    elif archived:
        holder = f"the archived contact {archived.name} in Xero"
        reason = Reason.NAME_OF_ARCHIVED_CONTACT if reason is Reason.NAME_TAKEN else reason
    return Objection(code=reason.code, params={"value": value, "name": contact.name, "holder": holder})


def _role_of(contact: Contact) -> str:
    return next((role.value for role in PartyRole if contact.role(role)), "contact")
