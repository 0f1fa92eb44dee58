"""Items, by their code. Source: xero-api.md 4.11."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tieout_connector.gateway.writing.kind import NONE, UNKEYED, Composed
from tieout_connector.gateway.writing.listed import Listed
from tieout_connector.gateway.writing.matching import body_of, readable
from tieout_connector.xero.http import Request
from tieout_connector.xero.items import ITEMS, ItemForm, PriceForm
from tieout_connector.xero.items import Item as XeroItem
from tieout_connector.xero.items import ItemPrice as XeroPrice
from tieout_connector.xero.reading import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import ItemBody, ItemPrice
from tieout_schemas.writes import WriteIntent


class Item(Listed):
    """An item. One of its code is it, whoever made it: POST makes or changes it."""

    name = "item"
    scopes = (Scope.SETTINGS,)
    resource = ITEMS
    found_by = "its code, and what it says"
    repeat = "changes nothing more"

    def together(self, intent: WriteIntent) -> str:
        return "item"

    def before(self, intents: Sequence[WriteIntent]) -> Sequence[Request]:
        # Not paged: a code may hold what no filter can quote, and there is no filter by ids.
        return [ITEMS.listing()]

    def now(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows = [row for content in contents for row in ITEMS.raws(content)]
        by_id = {UUID(row["ItemID"]): row for row in rows}
        by_code = {row["Code"]: row for row in rows}
        shown = {
            intent.intent_id: by_id.get(intent.xero_id) if intent.xero_id else by_code.get(_body(intent).code)
            for intent in intents
        }
        return {intent_id: row for intent_id, row in shown.items() if row}

    def there(self, intent: WriteIntent, now: Json) -> Json | None:
        return now if now != NONE and _is(_body(intent), now) else None

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> Composed:
        return Composed(*ITEMS.updating([_form(intent) for intent in intents], UNKEYED))

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return _is(_body(intent), row)


def _body(intent: WriteIntent) -> ItemBody:
    return body_of(ItemBody, intent)


def _form(intent: WriteIntent) -> ItemForm:
    body = _body(intent)
    return ItemForm(
        item_id=intent.xero_id,
        code=body.code,
        name=body.name or None,
        description=body.description or None,
        purchase_description=body.purchase_description or None,
        purchase_details=_price_form(body.purchase),
        sales_details=_price_form(body.sale),
    )


def _price_form(price: ItemPrice | None) -> PriceForm | None:
    if price is None:
        return None
    return PriceForm(unit_price=price.unit_price, account_code=price.account_code, tax_type=price.tax_type)


def _is(body: ItemBody, raw: Json) -> bool:
    """Whether Xero's item is as wanted; what is empty is wanted as it is."""
    seen = readable(XeroItem.model_validate, raw)
    if seen is None or seen.code != body.code:
        return False
    words = (
        (body.name, seen.name),
        (body.description, seen.description),
        (body.purchase_description, seen.purchase_description),
    )
    same = all(wanted in ("", has) for wanted, has in words)
    return same and _priced(body.purchase, seen.purchase) and _priced(body.sale, seen.sale)


def _priced(wanted: ItemPrice | None, has: XeroPrice) -> bool:
    return wanted is None or (
        wanted.unit_price in (None, has.unit_price)
        and wanted.account_code in (None, has.account_code)
        and wanted.tax_type in (None, has.tax_type)
    )
