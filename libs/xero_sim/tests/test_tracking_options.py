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
