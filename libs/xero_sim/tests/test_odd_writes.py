"""Oddities of writes: each changes what it says, and only that."""

import pytest

from xero_sim import Control
from xero_sim.app_client import Xero
from xero_sim.ids import ZERO_GUID


async def put(xero: Xero, *names: str, **query: str) -> list[dict[str, object]]:
    """The elements of the reply to one call that makes contacts."""
    contacts = [{"Name": name, "ContactNumber": f"N-{name}"} for name in names]
    answer = await xero.call("PUT", "Contacts?summarizeErrors=false", {"Contacts": contacts})
    assert answer.status_code == 200, answer.text
    elements: list[dict[str, object]] = answer.json()["Contacts"]
    return elements


async def names(xero: Xero) -> set[str]:
    return {contact["Name"] for contact in (await xero.call("GET", "Contacts")).json()["Contacts"]}


@pytest.mark.field("F01")
async def test_marks_are_those_of_unknown_records(xero: Xero, control: Control) -> None:
    await control.switch_on("foreign-marks")

    (element,) = await put(xero, "Kea")

    assert element["ContactNumber"] not in ("", "N-Kea")


@pytest.mark.field("F03")
async def test_an_element_with_the_zero_id_is_not_made_and_its_sibling_is(xero: Xero, control: Control) -> None:
    await control.switch_on("zero-id", options={"containing": "Kea"})

    first, second = await put(xero, "Kea", "Tui")

    assert first["ContactID"] == ZERO_GUID
    assert "ValidationErrors" not in first
    assert second["ContactID"] != ZERO_GUID
    assert await names(xero) == {"Tui"}


@pytest.mark.field("F04")
async def test_a_call_that_contains_one_record_is_answered_500(xero: Xero, control: Control) -> None:
    await control.switch_on("fails-with", options={"containing": "Kea"})

    answer = await xero.call("PUT", "Contacts", {"Contacts": [{"Name": "Kea"}, {"Name": "Tui"}]})

    assert answer.status_code == 500
    assert not await names(xero)
    await put(xero, "Tui")
    assert await names(xero) == {"Tui"}


@pytest.mark.field("F05")
async def test_a_fault_of_xeros_own_is_told_in_the_element(xero: Xero, control: Control) -> None:
    await control.switch_on("passing-error", options={"containing": "Kea"}, times=1)

    first, second = await put(xero, "Kea", "Tui")

    assert "An error occurred in Xero" in str(first["ValidationErrors"])
    assert await names(xero) == {"Tui"}
    await put(xero, "Kea")
    assert await names(xero) == {"Kea", "Tui"}
    assert second["ContactID"] != ZERO_GUID


@pytest.mark.field("F25")
@pytest.mark.parametrize("bare", [False, True])
async def test_a_reference_is_stored_altered_and_nothing_else_is(xero: Xero, control: Control, *, bare: bool) -> None:
    """Seen to fail for a record without an envelope: its reference was stored as it was sent."""
    bill = await xero.bill()

    async def stored(reference: str) -> tuple[str, str]:
        """A payment's reference, in the reply and in Xero afterwards."""
        sent = {"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Account": {"Code": "090"}, "Amount": "1.00"}
        element = {**sent, "Reference": reference}
        answer = await xero.call("PUT", "Payments", element if bare else {"Payments": [element]})
        (reply,) = answer.json()["Payments"]
        (row,) = await xero.rows(f"Payments/{reply['PaymentID']}")
        assert (row["Amount"], row["Invoice"]["InvoiceID"]) == (1, bill["InvoiceID"])
        return reply["Reference"], row["Reference"]

    await control.switch_on("altered-reference")
    assert await stored(" Märkte 7 \N{ROCKET} ") == ("Märkte 7",) * 2
    assert await stored("Plain 7") == ("Plain 7",) * 2
    # The second call was stored as it was sent.
    assert await control.odd_calls() == {"altered-reference": 1}
    await control.switch_off_oddities()
    await control.switch_on("altered-reference", options={"to": "something else"}, times=1)
    assert await stored("Plain 7") == ("something else",) * 2
    assert await stored("Plain \N{ROCKET}") == ("Plain \N{ROCKET}",) * 2


@pytest.mark.field("F26")
async def test_an_option_can_be_archived_only_once_it_was_used(xero: Xero, control: Control) -> None:
    """Seen to fail when each change of an unused option was refused: it could not be renamed either."""
    await control.switch_on("unused-stays")
    category = (await xero.rows("TrackingCategories"))[0]
    used, unused = category["Options"][:2]
    options = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    line = {"Description": "x", "UnitAmount": "1", "AccountCode": "453"}
    await xero.bill(LineItems=[{**line, "Tracking": [{"TrackingOptionID": used["TrackingOptionID"]}]}])

    async def archived(option: dict[str, str]) -> tuple[int, bool]:
        answer = await xero.call("POST", f"{options}/{option['TrackingOptionID']}", {"Status": "ARCHIVED"})
        return answer.status_code, "has not been used" in answer.text

    assert [await archived(used), await archived(unused)] == [(200, False), (400, True)]
    assert (await xero.call("POST", f"{options}/{unused['TrackingOptionID']}", {"Name": "Port"})).status_code == 200
    assert (await xero.call("DELETE", f"{options}/{unused['TrackingOptionID']}")).status_code == 200
    shown = (await xero.rows("TrackingCategories"))[0]["Options"]
    assert not {used["Name"], unused["Name"], "Port"} & {each["Name"] for each in shown}


@pytest.mark.field("F08")
async def test_alternatives_are_refused_as_too_expensive(xero: Xero, control: Control) -> None:
    await control.switch_on("high-volume")

    refused = await xero.call("GET", 'Contacts?where=Name=="Kea" OR Name=="Tui"')
    single = await xero.call("GET", 'Contacts?where=Name=="Kea"')

    assert (refused.status_code, refused.json()["ErrorNumber"]) == (400, 51)
    assert single.status_code == 200
