"""Lists of what nobody makes here, for clients that read everything."""

import pytest

from xero_sim.app_client import Xero

SCOPES = "accounting.invoices accounting.settings accounting.manualjournals accounting.journals.read"


async def listed(xero: Xero, path: str) -> dict[str, object]:
    token = await xero.control.connect(xero.app.client_id, [xero.tenant], scopes=SCOPES)
    answer = await xero.call("GET", path, Authorization=f"Bearer {token['access_token']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    "resource", ["Journals", "LinkedTransactions", "ManualJournals", "PurchaseOrders", "Quotes", "RepeatingInvoices"]
)
async def test_what_nobody_makes_is_an_empty_list(xero: Xero, resource: str) -> None:
    assert (await listed(xero, resource))[resource] == []


@pytest.mark.parametrize(("resource", "key"), [("Users", "UserID"), ("BrandingThemes", "BrandingThemeID")])
async def test_of_users_and_themes_there_is_one_always_the_same(xero: Xero, resource: str, key: str) -> None:
    first, again = [(await listed(xero, resource))[resource] for _ in range(2)]

    assert isinstance(first, list)
    assert len(first) == 1
    assert first == again
    assert first[0][key]


@pytest.mark.conformance(24)
async def test_only_the_lists_that_tell_their_pages_do(xero: Xero) -> None:
    assert "pagination" in await listed(xero, "ManualJournals?page=1")
    assert "pagination" not in await listed(xero, "Quotes?page=1")
