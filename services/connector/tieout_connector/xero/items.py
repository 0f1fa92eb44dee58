"""Items from and to Xero's form. Source: docs/xero.md 4.11."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Moment, XeroModel
from tieout_connector.xero.resource import Resource, WriteMode


class PriceDetails(XeroModel):
    """The price that an item is bought or sold at, in the base currency; with 4 decimals if unitdp=4 was asked for."""

    unit_price: Decimal | None = None
    account_code: str = ""
    cogs_account_code: str = ""
    tax_type: str = ""


class Item(XeroModel):
    """An item. Its code is its natural key."""

    xero_id: Annotated[UUID, Field(alias="ItemID")]
    code: str
    name: str = ""
    updated_at: Annotated[Moment | None, Field(alias="UpdatedDateUTC")] = None
    description: str = ""
    purchase_description: str = ""
    is_sold: bool = True
    is_purchased: bool = True
    is_tracked: Annotated[bool, Field(alias="IsTrackedAsInventory")] = False
    inventory_asset_account_code: str = ""
    quantity_on_hand: Decimal | None = None
    purchase: Annotated[PriceDetails, Field(alias="PurchaseDetails")] = PriceDetails()
    sale: Annotated[PriceDetails, Field(alias="SalesDetails")] = PriceDetails()


class PriceForm(Form):
    """The price that an item is bought or sold at."""

    unit_price: Decimal | None = None
    account_code: str | None = None
    cogs_account_code: str | None = None
    tax_type: str | None = None


class ItemForm(Form):
    """An item to create, or by its id or code to change."""

    item_id: UUID | None = None
    code: str
    name: str | None = None
    description: str | None = None
    purchase_description: str | None = None
    is_sold: bool | None = None
    is_purchased: bool | None = None
    inventory_asset_account_code: str | None = None
    purchase_details: PriceForm | None = None
    sales_details: PriceForm | None = None


ITEMS = Resource(
    "Items",
    "ItemID",
    Item.model_validate,
    filters=frozenset({"where", "order"}),
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=WriteMode.MANY,
    update=WriteMode.MANY,
    delete=True,
)
