"""Items, by their code. Source: docs/xero.md 4.11."""

from collections.abc import Mapping, Sequence
from typing import Any

from tieout_connector.kinds.fields import BodyField, differing, filled, parts_of, rounded, trimmed, unified
from tieout_connector.kinds.kind import ABSENT, UNKEYED, ComposedCall
from tieout_connector.kinds.matching import body_of, rows_of
from tieout_connector.kinds.pairing import own_id
from tieout_connector.kinds.record import Listing, Record, Worth
from tieout_connector.kinds.resource_kind import ResourceKind
from tieout_connector.xero import wire
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.items import ITEMS, ItemForm, PriceForm
from tieout_connector.xero.models import Json
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import Document, ItemBody, ItemPrice
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero_organisation import XeroItem


class ItemWrite(ResourceKind):
    """An item. Any item of this code counts, whoever created it: POST creates or changes it."""

    name = "item"
    scopes = (Scope.SETTINGS,)
    resource = ITEMS
    mark_fields = ("Code",)
    found_by = "its code and its values"
    repeat = "changes nothing more"

    def batch_key(self, intent: WriteIntent) -> str:
        return "item"

    def pre_reads(self, intents: Sequence[WriteIntent]) -> Sequence[XeroRequest]:
        # All items are read: a code may contain what no filter can quote, and there is no filter by ids.
        return [ITEMS.listing()]

    def current_state(self, contents: Sequence[Json], intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        by_id = {own_id(row, "ItemID"): row for row in rows_of(ITEMS, contents)}
        by_code = {str(row.get("Code")): row for xero_id, row in by_id.items() if xero_id}
        shown = {
            intent.intent_id: by_id.get(intent.xero_id) if intent.xero_id else by_code.get(_body(intent).code)
            for intent in intents
        }
        return {intent_id: row for intent_id, row in shown.items() if row}

    def already_done(self, intent: WriteIntent, now: Json) -> Json | None:
        return now if now != ABSENT and _is(_body(intent), now) else None

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        forms = [_form(intent, now.get(intent.intent_id, ABSENT)) for intent in intents]
        return ComposedCall(*ITEMS.updating(forms, UNKEYED))

    def bears_mark(self, intent: WriteIntent, row: Json) -> bool:
        return _is(_body(intent), row)

    def repeats(self, intent: WriteIntent, row: Json) -> bool:
        return bool(row.get("Code") == _body(intent).code)


def _body(intent: WriteIntent) -> ItemBody:
    return body_of(ItemBody, intent)


def _form(intent: WriteIntent, now: Json) -> ItemForm:
    """The fields that differ from Xero's, and always the code, because it is the key."""
    body = _body(intent)
    changes = differing(FIELDS, body, now) if now != ABSENT else filled(FIELDS, body)
    return ItemForm(item_id=intent.xero_id, code=body.code, **parts_of(changes, body, now))


def _price_parts(name: str, price: ItemPrice | None) -> dict[str, Any]:
    if price is None:
        return {}
    return {name: PriceForm(unit_price=price.unit_price, account_code=price.account_code, tax_type=price.tax_type)}


def _priced(wanted: ItemPrice | None, details: Json) -> bool:
    return wanted is None or (
        (wanted.unit_price is None or rounded(wanted.unit_price) == wire.number(details["UnitPrice"]))
        and wanted.account_code in (None, details.get("AccountCode") or "")
        and wanted.tax_type in (None, details.get("TaxType") or "")
    )


def _is(body: ItemBody, raw: Json) -> bool:
    """Whether Xero's item has all the wanted values."""
    return raw.get("Code") == body.code and not differing(FIELDS, body, raw)


FIELDS: tuple[BodyField[ItemBody], ...] = (
    # Here an empty text leaves Xero's value as it is, just as None does.
    BodyField(
        "name",
        lambda body, raw: trimmed(body.name) in ("", trimmed(raw.get("Name"))),
        lambda body, _: {"name": body.name},
    ),
    BodyField(
        "description",
        lambda body, raw: not body.description or unified(body.description) == unified(raw.get("Description")),
        lambda body, _: {"description": body.description},
    ),
    BodyField(
        "purchase_description",
        lambda body, raw: (
            not body.purchase_description
            or unified(body.purchase_description) == unified(raw.get("PurchaseDescription"))
        ),
        lambda body, _: {"purchase_description": body.purchase_description},
    ),
    BodyField(
        "purchase",
        lambda body, raw: _priced(body.purchase, raw.get("PurchaseDetails") or {}),
        lambda body, _: _price_parts("purchase_details", body.purchase),
    ),
    BodyField(
        "sale",
        lambda body, raw: _priced(body.sale, raw.get("SalesDetails") or {}),
        lambda body, _: _price_parts("sales_details", body.sale),
    ),
)
ITEM = Record(
    resource=ITEMS,
    listings=(Listing(worth=Worth.CODING),),
    snapshot=XeroItem,
    document=Document.ITEM,
    writes=lambda _: (ItemWrite(),),
)
