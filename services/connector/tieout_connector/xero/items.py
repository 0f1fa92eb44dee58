"""Items from and to Xero's form. Source: docs/xero.md 4.11."""

from decimal import Decimal
from uuid import UUID

from tieout_connector.xero import wire
from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json
from tieout_connector.xero.parsing import identifier, optional, required
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero_organisation import XeroItem, XeroPrice


def parse(raw: Json) -> XeroItem:
    """An item. Xero cannot archive one, only delete it. Raises Unreadable."""
    return XeroItem(
        xero_id=required(raw, "ItemID", identifier),
        code=required(raw, "Code", str),
        name=raw.get("Name") or "",
        active=True,
        description=raw.get("Description") or "",
        purchase_description=raw.get("PurchaseDescription") or "",
        # An item without these flags can be used on both sides.
        purchased=raw.get("IsPurchased") is not False,
        sold=raw.get("IsSold") is not False,
        purchase=_price(raw, "PurchaseDetails"),
        sale=_price(raw, "SalesDetails"),
    )


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
    parse,
    filters=frozenset({"where", "order"}),
    modified_since=True,
    unitdp=frozenset({"list", "one", "write"}),
    create=WriteMode.MANY,
    update=WriteMode.MANY,
    delete=True,
)


def _price(raw: Json, field: str) -> XeroPrice:
    details = raw.get(field) or {}
    return XeroPrice(
        unit_price=optional(raw, f"{field}.UnitPrice", wire.number),
        account_code=details.get("AccountCode") or "",
        tax_type=details.get("TaxType") or "",
    )
