"""An item: what is bought or sold, with its usual prices and accounts. Source: docs/xero.md 4.11."""

from dataclasses import dataclass, field
from decimal import Decimal

from xero_sim.money import ZERO, round2


@dataclass(slots=True)
class ItemDetails:
    """The usual price, account and tax of an item when it is bought, or when it is sold."""

    UnitPrice: Decimal | None = None
    AccountCode: str | None = None
    COGSAccountCode: str | None = None
    TaxType: str | None = None


@dataclass(slots=True)
class Item:
    """An item. `Bought`, `Spent` and `Sold` sum the approved lines of a tracked item and determine its stock."""

    ItemID: str
    Code: str = ""
    Name: str | None = None
    IsSold: bool = True
    IsPurchased: bool = True
    Description: str | None = None
    PurchaseDescription: str | None = None
    PurchaseDetails: ItemDetails = field(default_factory=ItemDetails)
    SalesDetails: ItemDetails = field(default_factory=ItemDetails)
    InventoryAssetAccountCode: str | None = None
    Bought: Decimal = ZERO
    Spent: Decimal = ZERO
    Sold: Decimal = ZERO
    UpdatedDateUTC: int = 0

    @property
    def id(self) -> str:
        return self.ItemID

    @property
    def IsTrackedAsInventory(self) -> bool:  # noqa: N802 - Xero's name
        return bool(self.InventoryAssetAccountCode)

    @property
    def QuantityOnHand(self) -> Decimal:  # noqa: N802 - Xero's name
        return self.Bought - self.Sold

    @property
    def TotalCostPool(self) -> Decimal:  # noqa: N802 - Xero's name
        """The value of the stock on hand, at the average cost of all that was bought."""
        return round2(self.Spent * self.QuantityOnHand / self.Bought) if self.Bought else ZERO
