"""Xero refuses a contact for its name or its account number: the gateway says which of the two (F29, F30)."""

import pytest

from tieout_connector.xero.refusals import reason_codes
from tieout_schemas.writes import Outcome, WriteResult
from tieout_testing.connector import ConnectorHarness, contact_intent

NAME_TAKEN = (
    "The contact name Kea is already assigned to another contact. The contact name must be unique across all active "
    "contacts."
)
NUMBER_TAKEN = "The Account Number already exists. Please enter a different Account Number."


@pytest.mark.field("F29")
@pytest.mark.field("F30")
@pytest.mark.parametrize(
    ("messages", "codes"),
    [
        ((NUMBER_TAKEN,), ("account_number_taken",)),
        ((NAME_TAKEN,), ("name_taken",)),
        ((NAME_TAKEN, NUMBER_TAKEN), ("name_taken", "account_number_taken")),
        ((NUMBER_TAKEN, NUMBER_TAKEN), ("account_number_taken",)),
        ((NUMBER_TAKEN, "Email address must be valid."), ()),
        (("Email address must be valid.",), ()),
        ((), ()),
    ],
)
def test_xeros_words_become_reasons_only_if_all_of_them_are_known(
    messages: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    assert reason_codes(messages) == codes


async def refused(harness: ConnectorHarness, count: int) -> list[WriteResult]:
    async with harness.working():
        results = await harness.results(count)
    return [result for result in results if result.outcome is Outcome.REFUSED]


@pytest.mark.real
@pytest.mark.field("F29")
@pytest.mark.parametrize("archived", [False, True])
async def test_an_account_number_that_another_contact_has_is_refused_as_such(
    harness: ConnectorHarness, archived: bool
) -> None:
    await harness.connect_idle()
    theirs = await harness.control.act(harness.org_id, "create_contact", Name="Kauri", AccountNumber="A-7")
    if archived:
        await harness.control.act(harness.org_id, "archive_contact", ContactID=theirs)
    taken = contact_intent("Kea")
    await harness.deliver(taken.replace(body=taken.body.replace(account_number="a-7")), contact_intent("Tui"))

    [result] = await refused(harness, 2)

    assert (result.reason_codes, result.messages) == (("account_number_taken",), (NUMBER_TAKEN,))
    assert {each["Name"] for each in await harness.xero("Contacts")} == {"Kauri", "Tui"}


@pytest.mark.real
@pytest.mark.field("F30")
@pytest.mark.parametrize("taken", [True, False])
async def test_the_name_of_an_archived_contact_is_refused_as_such_where_xero_does_so(
    harness: ConnectorHarness, taken: bool
) -> None:
    await harness.connect_idle()
    await harness.control.set_switches(harness.org_id, archived_names_are_taken=taken)
    theirs = await harness.their_contact("KEA")
    await harness.control.act(harness.org_id, "archive_contact", ContactID=theirs)
    await harness.deliver(contact_intent("Kea"), contact_intent("Tui"))

    found = await refused(harness, 2)

    assert [result.reason_codes for result in found] == ([("name_taken",)] if taken else [])
