"""Xero's own SDK on contacts, groups, history and attachments."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from xero_python.accounting import (
    Address,
    Contact,
    ContactGroup,
    ContactGroups,
    ContactPerson,
    Contacts,
    HistoryRecord,
    HistoryRecords,
    Phone,
)
from xero_python.accounting.models import CurrencyCode
from xero_python.exceptions import AccountingBadRequestException

Sdk = Callable[..., Any]


def create(sdk: Sdk, name: str, **more: object) -> Contact:
    (made,) = sdk("create_contacts", Contacts(contacts=[Contact(name=name, **more)])).contacts
    return made


def test_a_contact_is_made_read_by_id_and_number_changed_and_archived(sdk: Sdk) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    sent = Contact(
        name="Kauri Timber Ltd",
        contact_number="V-1",
        first_name="Ana",
        email_address="ap@kauri.example.com",
        default_currency=CurrencyCode.NZD,
        addresses=[Address(address_type="POBOX", address_line1="PO Box 1", city="Nelson", postal_code="7010")],
        phones=[Phone(phone_type="DEFAULT", phone_number="555 0100", phone_area_code="3")],
        contact_persons=[ContactPerson(first_name="Ben", email_address="b@kauri.example.com", include_in_emails=True)],
    )
    (made,) = sdk("create_contacts", Contacts(contacts=[sent])).contacts
    (read,) = sdk("get_contact", made.contact_id).contacts
    (by_number,) = sdk("get_contact_by_contact_number", "V-1").contacts
    (changed,) = sdk("update_contact", made.contact_id, Contacts(contacts=[Contact(last_name="Moana")])).contacts
    (archived,) = sdk(
        "update_or_create_contacts", Contacts(contacts=[Contact(contact_id=made.contact_id, contact_status="ARCHIVED")])
    ).contacts

    assert (made.name, made.contact_status, made.default_currency) == ("Kauri Timber Ltd", "ACTIVE", CurrencyCode.NZD)
    assert made.updated_date_utc >= before
    assert [each.address_type for each in read.addresses] == ["STREET", "POBOX"]
    assert read.addresses[1].city == "Nelson"
    assert {each.phone_type: each.phone_number for each in read.phones}["DEFAULT"] == "555 0100"
    assert read.contact_persons[0].include_in_emails is True
    assert by_number.contact_id == made.contact_id
    assert (changed.first_name, changed.last_name) == ("Ana", "Moana")
    assert archived.contact_status == "ARCHIVED"


def test_contacts_are_listed_by_page_filter_search_and_change(sdk: Sdk) -> None:
    made = [create(sdk, f"Vendor {number}") for number in range(5)]

    paged = sdk("get_contacts", page=2, page_size=2, order="Name ASC")
    found = sdk("get_contacts", where='Name=="vendor 3"').contacts
    searched = sdk("get_contacts", search_term="VENDOR 4", summary_only=True).contacts
    some = sdk("get_contacts", i_ds=[made[0].contact_id, made[4].contact_id]).contacts
    since = sdk("get_contacts", if_modified_since=datetime(2050, 1, 1, tzinfo=UTC)).contacts

    assert [each.name for each in paged.contacts] == ["Vendor 2", "Vendor 3"]
    assert (paged.pagination.page, paged.pagination.page_count, paged.pagination.item_count) == (2, 3, 5)
    assert [each.name for each in found] == ["Vendor 3"]
    assert [each.name for each in searched] == ["Vendor 4"]
    assert {each.name for each in some} == {"Vendor 0", "Vendor 4"}
    assert since == []


def test_a_name_in_use_raises_the_sdks_own_exception(sdk: Sdk) -> None:
    create(sdk, "Kauri Ltd")

    with pytest.raises(AccountingBadRequestException) as refused:
        create(sdk, "kauri ltd")

    assert refused.value.error_data["Type"] == "ValidationException"
    assert "already assigned to another contact" in refused.value.reason


def test_without_summarised_errors_each_element_carries_its_own(sdk: Sdk) -> None:
    contacts = Contacts(contacts=[Contact(name="Kauri Ltd"), Contact(name="Kauri Ltd")])

    good, bad = sdk("create_contacts", contacts, summarize_errors=False).contacts

    assert (good.status_attribute_string, good.has_validation_errors) == ("OK", False)
    assert (bad.status_attribute_string, bad.has_validation_errors) == ("ERROR", True)
    assert "already assigned" in bad.validation_errors[0].message


def test_groups_are_made_filled_emptied_and_deleted(sdk: Sdk) -> None:
    one, two = create(sdk, "One"), create(sdk, "Two")
    (group,) = sdk("create_contact_group", ContactGroups(contact_groups=[ContactGroup(name="Vendors")])).contact_groups
    members = [Contact(contact_id=each.contact_id) for each in (one, two)]

    added = sdk("create_contact_group_contacts", group.contact_group_id, Contacts(contacts=members)).contacts
    sdk("delete_contact_group_contact", group.contact_group_id, one.contact_id)
    (left,) = sdk("get_contact_group", group.contact_group_id).contact_groups
    sdk("delete_contact_group_contacts", group.contact_group_id)
    (emptied,) = sdk("get_contact_group", group.contact_group_id).contact_groups
    gone = ContactGroups(contact_groups=[ContactGroup(status="DELETED")])
    (deleted,) = sdk("update_contact_group", group.contact_group_id, gone).contact_groups

    assert [each.contact_id for each in added] == [one.contact_id, two.contact_id]
    assert [each.name for each in left.contacts] == ["Two"]
    assert emptied.contacts == []
    assert deleted.status == "DELETED"
    assert sdk("get_contact_groups").contact_groups == []


def test_a_note_and_a_file_are_added_and_read_back(sdk: Sdk) -> None:
    contact_id = create(sdk, "Kauri Ltd").contact_id
    note = HistoryRecords(history_records=[HistoryRecord(details="Terms agreed")])

    (added,) = sdk("create_contact_history", contact_id, note).history_records
    listed = sdk("get_contact_history", contact_id).history_records[0]
    sdk("create_contact_attachment_by_file_name", contact_id, "terms.txt", body=b"net 30")
    sdk("update_contact_attachment_by_file_name", contact_id, "terms.txt", body=b"net 20")
    (file,) = sdk("get_contact_attachments", contact_id).attachments
    by_name = sdk("get_contact_attachment_by_file_name", contact_id, "terms.txt", "application/octet-stream")

    assert (added.details, listed.details, listed.user) == ("Terms agreed", "Terms agreed", "System Generated")
    assert isinstance(listed.date_utc, datetime)
    assert (file.file_name, file.content_length) == ("terms.txt", 6)
    assert Path(by_name).read_bytes() == b"net 20"
