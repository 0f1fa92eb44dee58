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


@pytest.mark.field("F08")
async def test_alternatives_are_refused_as_too_expensive(xero: Xero, control: Control) -> None:
    await control.switch_on("high-volume")

    refused = await xero.call("GET", 'Contacts?where=Name=="Kea" OR Name=="Tui"')
    single = await xero.call("GET", 'Contacts?where=Name=="Kea"')

    assert (refused.status_code, refused.json()["ErrorNumber"]) == (400, 51)
    assert single.status_code == 200
