"""Contacts, groups, settings: behaviours 43-47, 76, 77."""

import pytest

from xero_sim.app_client import Xero

ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)


@pytest.mark.conformance(43)
async def test_a_contact_made_by_name_has_all_its_empty_slots(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="A", IsSupplier=True, IsCustomer=True)

    assert (made["ContactStatus"], made["BankAccountDetails"]) == ("ACTIVE", "")
    assert (made["IsSupplier"], made["IsCustomer"]) == (False, False)
    assert [address["AddressType"] for address in made["Addresses"]] == ["STREET", "POBOX"]
    assert [phone["PhoneType"] for phone in made["Phones"]] == ["DEFAULT", "DDI", "FAX", "MOBILE"]
    assert {phone["PhoneNumber"] for phone in made["Phones"]} == {""}


@pytest.mark.conformance(44)
async def test_a_name_is_unique_among_active_contacts_in_any_case(xero: Xero) -> None:
    first = await xero.put("Contacts", Name="Paper Ltd")
    second = await xero.put("Contacts", Name="Other")

    assert "is already assigned to another contact" in (await xero.refused("PUT", "Contacts", Name="PAPER ltd"))[0]
    renamed = await xero.refused("POST", "Contacts", ContactID=second["ContactID"], Name="paper LTD")
    assert "must be unique across all active contacts" in renamed[0]

    await xero.post("Contacts", ContactID=first["ContactID"], ContactStatus="ARCHIVED")
    assert (await xero.put("Contacts", Name="Paper Ltd"))["ContactID"] != first["ContactID"]


async def test_a_post_without_id_updates_the_contact_of_that_name_or_number(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="A", ContactNumber="V-1")

    by_name = await xero.post("Contacts", Name="a", EmailAddress="a@example.com")
    by_number = await xero.post("Contacts", ContactNumber="V-1", Name="B")

    assert by_name["ContactID"] == by_number["ContactID"] == made["ContactID"]
    assert (by_number["Name"], by_number["EmailAddress"]) == ("B", "a@example.com")
    assert "contact number V-1" in (await xero.refused("PUT", "Contacts", Name="C", ContactNumber="V-1"))[0]


@pytest.mark.conformance(45)
async def test_an_archived_contact_cannot_be_touched_by_the_api(xero: Xero) -> None:
    bill = await xero.bill()
    key = bill["Contact"]["ContactID"]
    assert (await xero.post("Contacts", ContactID=key, ContactStatus="ARCHIVED"))["ContactStatus"] == "ARCHIVED"

    for change in ({"ContactStatus": "ARCHIVED"}, {"ContactStatus": "ACTIVE"}, {"Name": "New"}):
        assert await xero.refused("POST", f"Contacts/{key}", **change) == [ARCHIVED]
    line = {"Description": "x"}
    refused = await xero.refused("PUT", "Invoices", Type="ACCPAY", Contact={"ContactID": key}, LineItems=[line])
    assert refused == [ARCHIVED]


@pytest.mark.conformance(46)
async def test_a_group_takes_members_gives_them_back_and_can_be_deleted(xero: Xero) -> None:
    group = (await xero.put("ContactGroups", Name="Vendors"))["ContactGroupID"]
    keys = [(await xero.put("Contacts", Name=name))["ContactID"] for name in "abc"]
    added = await xero.call("PUT", f"ContactGroups/{group}/Contacts", {"Contacts": [{"ContactID": k} for k in keys]})

    assert added.status_code == 200
    (shown,) = await xero.rows(f"ContactGroups/{group}")
    assert [(each["ContactID"], each["Name"]) for each in shown["Contacts"]] == list(zip(keys, "abc", strict=True))
    assert (await xero.rows("ContactGroups"))[0]["Contacts"] == []
    (contact,) = await xero.rows(f"Contacts/{keys[0]}")
    assert [each["Name"] for each in contact["ContactGroups"]] == ["Vendors"]

    assert (await xero.call("DELETE", f"ContactGroups/{group}/Contacts/{keys[0]}")).status_code == 204
    assert len((await xero.rows(f"ContactGroups/{group}"))[0]["Contacts"]) == 2
    assert (await xero.call("DELETE", f"ContactGroups/{group}/Contacts")).status_code == 204
    assert (await xero.rows(f"ContactGroups/{group}"))[0]["Contacts"] == []
    await xero.post(f"ContactGroups/{group}", Status="DELETED")
    assert await xero.rows("ContactGroups") == []


@pytest.mark.conformance(46)
async def test_an_archived_contact_cannot_join_a_group(xero: Xero) -> None:
    group = (await xero.put("ContactGroups", Name="Vendors"))["ContactGroupID"]
    made = await xero.put("Contacts", Name="A")
    await xero.post("Contacts", ContactID=made["ContactID"], ContactStatus="ARCHIVED")

    messages = await xero.refused("PUT", f"ContactGroups/{group}/Contacts", ContactID=made["ContactID"])
    assert messages == ["Unable to assign an Archived contact."]


@pytest.mark.conformance(47)
async def test_a_person_can_restore_edit_and_merge_contacts(xero: Xero) -> None:
    winner = await xero.put("Contacts", Name="Winner")
    bill = await xero.bill(Contact={"Name": "Loser"})
    loser = bill["Contact"]["ContactID"]

    for do, more in (("archive_contact", {}), ("edit_contact", {"Name": "Late"}), ("restore_contact", {})):
        await xero.control.act(xero.tenant, do, ContactID=loser, **more)
    assert (await xero.rows(f"Contacts/{loser}"))[0]["Name"] == "Late"
    await xero.control.act(xero.tenant, "merge_contacts", ContactID=loser, MergedToContactID=winner["ContactID"])

    (merged,) = await xero.rows(f"Contacts/{loser}")
    assert (merged["ContactStatus"], merged["MergedToContactID"]) == ("ARCHIVED", winner["ContactID"])
    assert (await xero.invoice(bill["InvoiceID"]))["Contact"]["ContactID"] == winner["ContactID"]


@pytest.mark.conformance(76)
async def test_the_organisation_shows_lock_dates_only_when_set_and_cannot_be_posted(xero: Xero) -> None:
    (plain,) = await xero.rows("Organisation")
    await xero.control.act(xero.tenant, "set_lock_dates", PeriodLockDate="2026-08-31")
    (locked,) = await xero.rows("Organisation")

    assert (plain["BaseCurrency"], plain["Timezone"]) == ("NZD", "NEWZEALANDSTANDARDTIME")
    assert not {"PeriodLockDate", "EndOfYearLockDate"} & plain.keys()
    assert locked["PeriodLockDate"] == "/Date(1788134400000+0000)/"
    assert (await xero.call("POST", "Organisation", {})).status_code == 501


@pytest.mark.conformance(77)
async def test_two_tracking_categories_are_the_most(xero: Xero) -> None:
    assert [row["Name"] for row in await xero.rows("TrackingCategories")] == ["Location", "Department"]
    assert "2 active" in (await xero.refused("PUT", "TrackingCategories", Name="Third"))[0]

    pairs = [{"Name": "Location", "Option": "North"}] * 3
    line = {"Description": "x", "Tracking": pairs}
    refused = await xero.refused("PUT", "Invoices", Type="ACCPAY", Contact={"Name": "A"}, LineItems=[line])
    assert "at most 2 tracking categories" in refused[0]


@pytest.mark.conformance(79)
async def test_notes_are_added_to_a_records_history_up_to_their_length(xero: Xero) -> None:
    made = await xero.put("Contacts", Name="A")
    path = f"Contacts/{made['ContactID']}/History"

    for details in ("first", "x" * 2_500):
        assert (await xero.call("PUT", path, {"HistoryRecords": [{"Details": details}]})).status_code == 200
    assert await xero.refused("PUT", path, Details="x" * 2_501)

    notes = (await xero.call("GET", path)).json()["HistoryRecords"]
    assert [note["Details"] for note in notes if note["Changes"] == "Note"] == ["x" * 2_500, "first"]
    assert notes[0]["User"] == "System Generated"
    assert (await xero.rows(f"Contacts/{made['ContactID']}"))[0]["UpdatedDateUTC"] == made["UpdatedDateUTC"]


@pytest.mark.conformance(78)
async def test_files_go_in_and_come_out_as_bytes_and_an_eleventh_is_refused(xero: Xero) -> None:
    bill = await xero.bill()
    base = f"Invoices/{bill['InvoiceID']}/Attachments"

    async def attach(name: str, content: bytes) -> int:
        headers = xero.headers(**{"Content-Type": "application/pdf"})
        return (await xero.http.put(f"/api.xro/2.0/{base}/{name}", content=content, headers=headers)).status_code

    assert [await attach(f"{n}.pdf", b"%PDF-old") for n in range(10)] == [200] * 10
    assert await attach("0.pdf", b"%PDF-\x00new") == 200
    assert await attach("10.pdf", b"%PDF") == 400

    listed = (await xero.call("GET", base)).json()["Attachments"]
    content = await xero.call("GET", f"{base}/0.pdf", Accept="application/pdf")
    assert (len(listed), listed[0]["FileName"], listed[0]["ContentLength"]) == (10, "0.pdf", 9)
    assert (content.content, content.headers["content-type"]) == (b"%PDF-\x00new", "application/pdf")
    assert (await xero.invoice(bill["InvoiceID"]))["HasAttachments"] is True


async def test_a_renamed_option_shows_its_new_name_on_old_lines(xero: Xero) -> None:
    line = {"Description": "x", "Tracking": [{"Name": "Location", "Option": "North"}]}
    bill = await xero.bill(LineItems=[line], Status="DRAFT")
    pair = bill["LineItems"][0]["Tracking"][0]
    await xero.rows("Invoices?page=1")

    path = f"TrackingCategories/{pair['TrackingCategoryID']}/Options/{pair['TrackingOptionID']}"
    assert (await xero.call("POST", path, {"Name": "Far North"})).status_code == 200

    (listed,) = await xero.rows("Invoices?page=1")
    assert listed["LineItems"][0]["Tracking"][0]["Option"] == "Far North"


async def test_accounts_are_made_changed_archived_and_deleted(xero: Xero) -> None:
    made = await xero.put("Accounts", Code="901", Name="Clearing", Type="BANK", BankAccountNumber="010101")
    changed = await xero.post(f"Accounts/{made['AccountID']}", Name="Money out")
    archived = await xero.post(f"Accounts/{made['AccountID']}", Status="ARCHIVED")
    deleted = (await xero.call("DELETE", f"Accounts/{made['AccountID']}")).json()["Accounts"][0]

    assert (made["Class"], made["CurrencyCode"]) == ("ASSET", "NZD")
    assert (changed["Name"], archived["Status"], deleted["Status"]) == ("Money out", "ARCHIVED", "DELETED")
    assert await xero.refused("PUT", "Accounts", Code="200", Name="Other sales", Type="REVENUE")


async def test_a_slot_is_merged_part_by_part_and_an_empty_part_is_emptied(xero: Xero) -> None:
    phone = {"PhoneType": "DEFAULT", "PhoneCountryCode": "64", "PhoneAreaCode": "9", "PhoneNumber": "300 1234"}
    box = {"AddressType": "POBOX", "AddressLine1": "PO Box 1", "AddressLine2": "Level 2", "City": "Auckland"}
    key = (await xero.put("Contacts", Name="A", Phones=[phone], Addresses=[box]))["ContactID"]

    kept = await xero.post(f"Contacts/{key}", Phones=[{"PhoneType": "DEFAULT", "PhoneNumber": "1"}])
    emptied = await xero.post(
        f"Contacts/{key}",
        Phones=[{**phone, "PhoneCountryCode": "", "PhoneAreaCode": "", "PhoneNumber": ""}],
        Addresses=[{"AddressType": "POBOX", "AddressLine2": "", "City": ""}],
    )

    assert kept["Phones"][0] == {**phone, "PhoneNumber": "1"}
    assert {part for name, part in emptied["Phones"][0].items() if name != "PhoneType"} == {""}
    assert (emptied["Addresses"][1]["AddressLine1"], emptied["Addresses"][1]["City"]) == ("PO Box 1", "")
    assert "AddressLine2" not in emptied["Addresses"][1]


async def test_an_emptied_text_is_shown_as_one_that_never_was_and_a_name_has_single_blanks(xero: Xero) -> None:
    key = (await xero.put("Contacts", Name=" Kea   Ltd ", EmailAddress="a@kea.nz", AccountNumber="A-7"))["ContactID"]

    emptied = await xero.post(f"Contacts/{key}", EmailAddress="", AccountNumber="")

    assert (emptied["Name"], emptied["EmailAddress"], "AccountNumber" in emptied) == ("Kea Ltd", "", False)
