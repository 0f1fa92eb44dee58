"""Items: their code as a key, what they fill in on lines, and stock."""

import pytest

from xero_sim.app_client import Xero
from xero_sim.wire import Json

PAPER: Json = {
    "Code": "PAPER",
    "Name": "Paper",
    "Description": "A ream of paper",
    "PurchaseDescription": "Paper, by the ream",
    "PurchaseDetails": {"UnitPrice": 4.5, "AccountCode": "453", "TaxType": "INPUT2"},
    "SalesDetails": {"UnitPrice": 9, "AccountCode": "200"},
}
TRACKED: Json = {
    "Code": "DESK",
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"UnitPrice": 100, "COGSAccountCode": "310"},
    "SalesDetails": {"UnitPrice": 250, "AccountCode": "200"},
}


async def item(xero: Xero, key: str) -> Json:
    (found,) = await xero.rows(f"Items/{key}")
    return found


async def test_an_item_is_made_found_by_its_code_changed_and_deleted(xero: Xero) -> None:
    made = await xero.put("Items", **PAPER)

    assert (made["IsSold"], made["IsPurchased"], made["IsTrackedAsInventory"]) == (True, True, False)
    assert "QuantityOnHand" not in made
    assert (await item(xero, "paper"))["ItemID"] == made["ItemID"]
    assert await xero.refused("PUT", "Items", Code="paper") == ["Price List Item with Code 'paper' already exists"]
    by_code = await xero.post("Items", Code="PAPER", Name="Fine paper")
    assert (by_code["ItemID"], by_code["Name"]) == (made["ItemID"], "Fine paper")
    assert by_code["PurchaseDetails"] == made["PurchaseDetails"]
    assert (await xero.call("DELETE", f"Items/{made['ItemID']}")).status_code == 204
    assert (await xero.call("GET", f"Items/{made['ItemID']}")).status_code == 404
    assert await xero.rows("Items") == []


@pytest.mark.conformance(53)
async def test_prices_have_two_digits_unless_four_are_asked_for(xero: Xero) -> None:
    sent = {"Code": "A", "PurchaseDetails": {"UnitPrice": 0.1648}}

    assert (await xero.put("Items", **sent))["PurchaseDetails"]["UnitPrice"] == 0.16
    four = (await xero.call("POST", "Items?unitdp=4", sent)).json()["Items"][0]
    assert four["PurchaseDetails"]["UnitPrice"] == 0.1648
    assert (await item(xero, "A"))["PurchaseDetails"]["UnitPrice"] == 0.16


async def test_a_line_that_names_an_item_takes_from_it_what_it_leaves_out(xero: Xero) -> None:
    await xero.put("Items", **PAPER)

    bill = await xero.bill(LineItems=[{"ItemCode": "PAPER", "Quantity": 2}])
    own = await xero.bill(LineItems=[{"ItemCode": "PAPER", "UnitAmount": 5, "Description": "Card"}])
    sale = await xero.bill(Type="ACCREC", LineItems=[{"ItemCode": "PAPER"}])

    (line,) = bill["LineItems"]
    assert (line["Description"], line["AccountCode"], line["TaxType"]) == ("Paper, by the ream", "453", "INPUT2")
    assert (bill["SubTotal"], line["Item"]["Code"]) == (9, "PAPER")
    assert (own["LineItems"][0]["Description"], own["SubTotal"]) == ("Card", 5)
    assert (sale["LineItems"][0]["Description"], sale["SubTotal"]) == ("A ream of paper", 9)
    wrong = await xero.refused(
        "PUT", "Invoices", Type="ACCPAY", Contact={"Name": "A"}, LineItems=[{"ItemCode": "GONE", "Description": "x"}]
    )
    assert wrong == ["Item code 'GONE' is not valid"]


async def test_a_tracked_items_stock_follows_the_approved_documents(xero: Xero) -> None:
    made = await xero.put("Items", **TRACKED)
    await xero.bill(LineItems=[{"ItemCode": "DESK", "Quantity": 4, "Description": "x"}])
    await xero.bill(LineItems=[{"ItemCode": "DESK", "Quantity": 9, "Description": "x"}], Status="DRAFT")
    bought = await item(xero, "DESK")
    line = {"ItemCode": "DESK", "Quantity": 1, "Description": "x"}
    sale = await xero.bill(Type="ACCREC", LineItems=[line])
    sold = await item(xero, "DESK")
    await xero.post(f"Invoices/{sale['InvoiceID']}", Status="VOIDED")
    after = await item(xero, "DESK")

    assert (made["IsTrackedAsInventory"], made["QuantityOnHand"], made["TotalCostPool"]) == (True, 0, 0)
    assert (bought["QuantityOnHand"], bought["TotalCostPool"]) == (4, 400)
    assert (sold["QuantityOnHand"], sold["TotalCostPool"]) == (3, 300)
    assert (after["QuantityOnHand"], after["TotalCostPool"]) == (4, 400)
    assert (await xero.call("DELETE", "Items/DESK")).status_code == 400


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Code": ""}, "The item code must be between 1 and 30 characters"),
        ({"Code": "x" * 31}, "The item code must be between 1 and 30 characters"),
        ({"Name": "x" * 51}, "The Name field must be less than or equal to 50 characters"),
        (
            {"InventoryAssetAccountCode": "200"},
            "The InventoryAssetAccountCode of a tracked item must be an account of type INVENTORY",
        ),
        ({"SalesDetails": {"AccountCode": "999"}}, "Account code '999' is not a valid code for this document."),
        (
            {"PurchaseDetails": {"COGSAccountCode": "453"}},
            "A tracked item must have a COGSAccountCode of type DIRECTCOSTS in its PurchaseDetails",
        ),
    ],
)
async def test_an_item_that_cannot_stand_is_refused(xero: Xero, change: Json, message: str) -> None:
    assert await xero.refused("PUT", "Items", **{**TRACKED, **change}) == [message]


@pytest.mark.conformance(13)
@pytest.mark.parametrize("scope", ["accounting.settings.read", "accounting.invoices.read"])
async def test_items_are_read_under_either_of_two_scopes(xero: Xero, scope: str) -> None:
    token = await xero.control.connect(xero.app.client_id, [xero.tenant], scopes=scope)
    named = {"Authorization": f"Bearer {token['access_token']}"}

    assert (await xero.call("GET", "Items", **named)).status_code == 200
    assert (await xero.call("PUT", "Items", {"Code": "A"}, **named)).status_code == 401
