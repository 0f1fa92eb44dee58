"""Odd behaviours of Xero are switches: off until asked for, and only for the calls that fit."""

import pytest

from xero_sim import Control
from xero_sim.app_client import Xero
from xero_sim.control_client import ControlRefused

NAMES = ["Rata Ltd", "Totara Ltd", "Matai Ltd"]


async def made(xero: Xero) -> list[str]:
    """The names in the reply to one call that makes three contacts."""
    answer = await xero.call("POST", "Contacts", {"Contacts": [{"Name": name} for name in NAMES]})
    return [contact["Name"] for contact in answer.json()["Contacts"]]


@pytest.mark.field("F01")
async def test_a_reply_lists_its_elements_in_another_order_while_switched_on(xero: Xero, control: Control) -> None:
    assert await made(xero) == NAMES
    await control.switch_on("other-order", tenant=xero.tenant, method="POST", path="contacts")
    assert await made(xero) == NAMES[::-1]
    await control.switch_off_oddities()
    assert await made(xero) == NAMES


async def test_an_oddity_meets_only_the_calls_that_fit_and_only_so_often(xero: Xero, control: Control) -> None:
    await control.switch_on("other-order", tenant="another")
    assert await made(xero) == NAMES
    await control.switch_on("other-order", method="POST", times=1)
    assert await made(xero) == NAMES[::-1]
    assert await made(xero) == NAMES


async def test_only_calls_that_an_oddity_really_changed_are_counted(xero: Xero, control: Control) -> None:
    """Seen to fail when each call counted that an oddity looked at."""
    await control.switch_on("other-order", method="POST")
    await control.switch_on("altered-reference")
    await made(xero)
    await xero.call("GET", "Contacts")
    await made(xero)
    # One element has no order.
    await xero.post("Contacts", Name="Rimu Ltd")

    assert await control.odd_calls() == {"other-order": 2}


async def test_a_name_that_does_not_exist_is_refused(control: Control) -> None:
    with pytest.raises(ControlRefused, match="other-order"):
        await control.switch_on("no-such-thing")


@pytest.mark.field("F12")
async def test_a_row_shows_up_late_with_its_older_time_of_change(xero: Xero, control: Control) -> None:
    await made(xero)
    [first, *_] = (await xero.call("GET", "Contacts")).json()["Contacts"]
    await control.switch_on("late-row", method="GET", path="Contacts", options={"id": first["ContactID"]})

    early = (await xero.call("GET", "Contacts")).json()["Contacts"]
    await control.switch_off_oddities()
    later = (await xero.call("GET", "Contacts")).json()["Contacts"]

    assert first not in early
    assert len(early) == len(later) - 1
    assert first in later
