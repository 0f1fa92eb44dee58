"""The items of a seeded organisation: the goods and services on the lines of its documents."""

from collections.abc import Callable
from decimal import Decimal

from xero_sim.org import Org
from xero_sim.records.item import Item, ItemDetails

_ITEMS = (
    ("MONTHLY", "Monthly service", "240.00", "390.00"), ("DELIVERY", "Delivery", "18.50", "25.00"),
    ("CALLOUT", "Call-out", "85.00", "120.00"), ("HOURS", "Consulting hours", "95.00", "150.00"),
    ("PRINT", "Printing", "0.1648", "0.25"), ("LICENCE", "Licences", "42.00", "60.00"),
)  # fmt: skip


def seed_items(org: Org, ids: Callable[[], str], stamp: int) -> int:
    """Create six services and one tracked good, unless there are items already. Returns their number."""
    if org.items:
        return 0
    items = [
        Item(ids(), code, name, PurchaseDetails=_details(org, "429", cost), SalesDetails=_details(org, "200", price))
        for code, name, cost, price in _ITEMS
    ]
    desk = Item(ids(), "DESK", "Standing desk", InventoryAssetAccountCode="630")
    desk.SalesDetails = _details(org, "200", "890.00")
    desk.PurchaseDetails = ItemDetails(Decimal("420.00"), COGSAccountCode="310", TaxType=_tax(org, "310"))
    for item in (*items, desk):
        item.UpdatedDateUTC = stamp
        org.index_item(item)
    return len(items) + 1


def _details(org: Org, code: str, price: str) -> ItemDetails:
    return ItemDetails(Decimal(price), AccountCode=code, TaxType=_tax(org, code))


def _tax(org: Org, code: str) -> str | None:
    account = org.account(code)
    return account.TaxType if account else None
