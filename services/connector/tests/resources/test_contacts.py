"""Contacts and their groups."""

import datetime as dt
from uuid import uuid4

from tieout_connector.xero.contact_groups import CONTACT_GROUPS, ContactGroupForm, members_of
from tieout_connector.xero.contacts import CONTACTS, ContactForm
from tieout_connector.xero.documents import ContactRef
from tieout_testing.connector import AtXero

from .forms import a_contact


async def test_a_contact_is_made_changed_and_archived(xero: AtXero) -> None:
    made = await a_contact(xero)
    change = ContactForm(contact_id=made.xero_id, email_address="pay@paper.example")

    changed = await xero.update(CONTACTS, change)
    await xero.update(CONTACTS, ContactForm(contact_id=made.xero_id, contact_status="ARCHIVED"))

    assert (changed.name, changed.email) == ("Paper Ltd", "pay@paper.example")
    assert (await xero.one(CONTACTS, made.xero_id)).status == "ARCHIVED"
    assert not await xero.all(CONTACTS, page=1)
    assert [c.xero_id for c in await xero.all(CONTACTS, page=1, includeArchived="true")] == [made.xero_id]
    assert not await xero.all(CONTACTS, since=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1), includeArchived="true")


async def test_a_contact_group_is_made_filled_renamed_and_ended(xero: AtXero) -> None:
    contact, other = await a_contact(xero), await a_contact(xero, "Kea")
    group = await xero.create(CONTACT_GROUPS, ContactGroupForm(name="Vendors"))
    members = members_of(group.xero_id)

    await xero.create(members, *(ContactRef(contact_id=each.xero_id) for each in (contact, other)))
    await xero.delete(members, other.xero_id)
    renamed = await xero.update(CONTACT_GROUPS, ContactGroupForm(name="Our vendors"), group.xero_id)

    assert (renamed.name, renamed.active) == ("Our vendors", True)
    assert (await xero.one(CONTACT_GROUPS, group.xero_id)).members == (contact.xero_id,)
    await xero.update(CONTACT_GROUPS, ContactGroupForm(status="DELETED"), group.xero_id)
    assert group.xero_id not in [each.xero_id for each in await xero.all(CONTACT_GROUPS)]


async def test_many_elements_go_in_one_call_and_one_bad_one_is_refused_alone(xero: AtXero) -> None:
    await a_contact(xero)
    forms = [ContactForm(name="Paper Ltd"), ContactForm(name="Kea")]

    words = await xero.refused(CONTACTS.creating(forms, str(uuid4())))

    assert "already assigned to another contact" in words[0]
    assert {c.name for c in await xero.all(CONTACTS, page=1)} == {"Paper Ltd", "Kea"}
