"""Whatever Xero shows in a contact, it is linked, comes in or waits: no snapshot stops the service (F09)."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_contacts.contact import CONTACT
from tieout_contacts.model import Contact, PartyRole, RoleState
from tieout_schemas.xero import Address, ContactStatus, XeroContact
from tieout_testing.builders import ANA_MADE_IT, facts, xero_contact
from tieout_testing.kind_harness import KindHarness

pytestmark = pytest.mark.field("F09")
IDS = [UUID(int=n) for n in range(1, 4)]
OURS = Contact(id=UUID(int=9), name="Acme", vendor=RoleState(id=UUID(int=9)), origin=ANA_MADE_IT)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def _contact(fields: dict[str, Any]) -> XeroContact:
    return xero_contact(**fields)


SNAPSHOTS: st.SearchStrategy[XeroContact] = st.fixed_dictionaries(
    {
        "xero_id": st.sampled_from(IDS),
        "name": st.just("Acme") | TEXTS,
        "status": st.sampled_from(list(ContactStatus)),
        "email": TEXTS,
        "phone": TEXTS,
        "account_number": TEXTS,
        "address": st.builds(Address, lines=st.lists(TEXTS, max_size=4).map(tuple), city=TEXTS),
        "merged_to": st.none() | st.sampled_from(IDS),
    }
).map(_contact)


@settings(max_examples=150, deadline=None)
@given(st.lists(SNAPSHOTS, min_size=1, max_size=6))
def test_every_snapshot_is_used(snapshots: list[XeroContact]) -> None:
    contacts = KindHarness(CONTACT, facts(more={IDS[0]: {PartyRole.VENDOR}, IDS[1]: {PartyRole.CUSTOMER}}))
    contacts.make(OURS)

    for sequence, snapshot in enumerate(snapshots, 1):
        contacts.deliver((snapshot, sequence))

    linked = [work.link.xero_id for work in contacts.works if work.link]
    assert len(linked) == len(set(linked))
