"""How many options a tracking category takes. Source: docs/xero.md 4.10."""

import pytest

from xero_sim import Control
from xero_sim.app_client import Xero

FULL = "A tracking category can have 100 active options at most"


@pytest.mark.field("F33")
async def test_the_hundred_and_first_option_of_a_category_is_refused_unless_switched_off(
    xero: Xero, control: Control
) -> None:
    category = (await xero.rows("TrackingCategories"))[0]
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    for n in range(len(category["Options"]), 100):
        assert (await xero.call("PUT", path, {"Name": f"Option {n}"})).status_code == 200

    refused = await xero.call("PUT", path, {"Name": "Option 100"})
    await control.set_switches(xero.tenant, tracking_options_are_limited=False)
    taken = await xero.call("PUT", path, {"Name": "Option 100"})

    assert (refused.status_code, FULL in refused.text, taken.status_code) == (400, True, 200)


@pytest.mark.field("F33")
async def test_an_archived_option_leaves_room_and_cannot_come_back_into_a_full_category(xero: Xero) -> None:
    """Seen to fail when archived options counted, and when only new ones were: an old one came back as the 101st."""
    category = (await xero.rows("TrackingCategories"))[0]
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    archived = f"{path}/{category['Options'][0]['TrackingOptionID']}"

    async def status(path: str, method: str = "POST", **sent: str) -> int:
        return (await xero.call(method, path, sent)).status_code

    for n in range(len(category["Options"]), 100):
        assert await status(path, "PUT", Name=f"Option {n}") == 200

    assert await status(archived, Status="ARCHIVED") == 200
    assert await status(archived, Status="ACTIVE") == 200
    assert await status(archived, Status="ARCHIVED") == 200
    assert await status(path, "PUT", Name="Option 100") == 200
    assert await status(archived, Status="ACTIVE") == 400
    assert await status(archived, Name="Old port") == 200
