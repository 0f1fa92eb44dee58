"""What another contact, archived or not, keeps from a new one: its account number, and perhaps its name."""

import pytest

from xero_sim import Control
from xero_sim.app_client import Xero
from xero_sim.rules.contact import ACCOUNT_NUMBER_TAKEN, name_taken


async def archived(xero: Xero, **contact: str) -> None:
    key = (await xero.put("Contacts", **contact))["ContactID"]
    await xero.post("Contacts", ContactID=key, ContactStatus="ARCHIVED")


@pytest.mark.field("F29")
async def test_no_two_contacts_have_one_account_number(xero: Xero, control: Control) -> None:
    key = (await xero.put("Contacts", Name="Kea", AccountNumber="A-7"))["ContactID"]

    assert await xero.refused("PUT", "Contacts", Name="Tui", AccountNumber="a-7") == [ACCOUNT_NUMBER_TAKEN]
    assert (await xero.post(f"Contacts/{key}", AccountNumber="A-7", FirstName="K"))["FirstName"] == "K"
    await control.set_switches(xero.tenant, account_numbers_are_unique=False)
    assert (await xero.put("Contacts", Name="Tui", AccountNumber="a-7"))["AccountNumber"] == "a-7"


@pytest.mark.field("F29")
async def test_an_archived_contact_keeps_its_account_number(xero: Xero) -> None:
    await archived(xero, Name="Kea", AccountNumber="A-7")

    assert await xero.refused("PUT", "Contacts", Name="Tui", AccountNumber="A-7") == [ACCOUNT_NUMBER_TAKEN]


@pytest.mark.field("F30")
async def test_an_archived_contacts_name_is_free_unless_a_test_says_otherwise(xero: Xero, control: Control) -> None:
    await archived(xero, Name="Kea")
    await archived(xero, Name="Tui")

    assert (await xero.put("Contacts", Name="kea"))["Name"] == "kea"
    await control.set_switches(xero.tenant, archived_names_are_taken=True)
    assert await xero.refused("PUT", "Contacts", Name="tui") == [name_taken("tui")]
