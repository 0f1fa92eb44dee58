"""How Xero's JSON becomes our values. Read leniently: null, "" and a missing name are the same, new names are left
out, and a value that Xero adds to one of its lists stays the text it is (`OPEN`), so that nothing breaks a reading.

What travels on is stricter: wire.known says what becomes of a snapshot with such a value. Bank details and tax
numbers are in no model here, so that no repr can show them.
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
"""An amount where Xero says its currency somewhere else only; the model says where."""
OPEN = Field(union_mode="left_to_right")
"""`Annotated[Status | str, OPEN]`: the value we know, or else the text."""
_WHOLE_WORDS = {"id": "ID", "utc": "UTC", "cogs": "COGS"}


def wire_name(name: str) -> str:
    """`currency_rate` is CurrencyRate."""
    return "".join(_WHOLE_WORDS.get(word, word.capitalize()) for word in name.split("_"))


class XeroModel(Frozen):
    """A record of Xero's, as far as we use it. Errors do not quote what was read."""

    model_config = ConfigDict(alias_generator=wire_name, populate_by_name=True, hide_input_in_errors=True)

    _money: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._money = tuple(field.alias or name for name, field in cls.model_fields.items() if field.annotation is Money)

    @model_validator(mode="before")
    @classmethod
    def _absent_is_empty(cls, raw: Any) -> Any:
        """Without what is empty; every `Money` in the record's CurrencyCode, absent is zero."""
        if not isinstance(raw, dict):
            return raw
        kept = {name: value for name, value in raw.items() if value is not None and value != ""}
        if currency := kept.get("CurrencyCode"):
            kept |= {name: wire.money(kept.get(name), currency) for name in cls._money}
        return kept
