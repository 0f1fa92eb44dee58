"""Models that parse Xero's JSON. They are lenient: null, "" and a missing name are the same, unknown names are ignored,
and a value that Xero adds to an enumeration stays a text (`OPEN`), so that nothing makes a read fail.

Snapshots are stricter: see wire.known. No model has bank details or tax numbers, so that no repr can show them.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from tieout_connector.xero import wire
from tieout_schemas.money import Money
from tieout_schemas.payload import Frozen

Json = dict[str, Any]
Day = Annotated[dt.date, BeforeValidator(lambda value: wire.day(value) if isinstance(value, str) else value)]
Moment = Annotated[dt.datetime, BeforeValidator(lambda value: wire.instant(value) if isinstance(value, str) else value)]
Cents = Annotated[Decimal, BeforeValidator(wire.cents)]
"""An amount whose currency Xero shows elsewhere; the model says where."""
OPEN = Field(union_mode="left_to_right")
"""`Annotated[Status | str, OPEN]`: a known value, or else the text."""
_WHOLE_WORDS = {"id": "ID", "utc": "UTC", "cogs": "COGS"}


def wire_name(name: str) -> str:
    """Xero's name of a field: `currency_rate` is CurrencyRate."""
    return "".join(_WHOLE_WORDS.get(word, word.capitalize()) for word in name.split("_"))


class XeroModel(Frozen):
    """A record of Xero, with the fields that we use. Errors do not quote values."""

    model_config = ConfigDict(alias_generator=wire_name, populate_by_name=True, hide_input_in_errors=True)

    _money: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._money = tuple(field.alias or name for name, field in cls.model_fields.items() if field.annotation is Money)

    @model_validator(mode="before")
    @classmethod
    def _absent_is_empty(cls, raw: Any) -> Any:
        """The element without empty values. Each `Money` gets the record's CurrencyCode; an absent one is zero."""
        if not isinstance(raw, dict):
            return raw
        kept = {name: value for name, value in raw.items() if value is not None and value != ""}
        if currency := kept.get("CurrencyCode"):
            kept |= {name: wire.money(kept.get(name), currency) for name in cls._money}
        return kept
