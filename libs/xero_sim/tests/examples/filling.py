"""Puts ids and codes that exist where an example has its own."""

from typing import Any

from xero_sim.app_client import Json

from .shop import Shop

BANKS = ("BankAccount", "FromBankAccount", "ToBankAccount", "Account")
CODES = {"AccountCode": "400", "InventoryAssetAccountCode": "630", "COGSAccountCode": "310"}


class Filling:
    """Of one example: an id that occurs again is the next of its kind."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._used: dict[str, int] = {}

    def body(self, value: Any, within: str = "") -> Any:
        """The same, filled."""
        if isinstance(value, list):
            return [self.body(each, within) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: self._value(name, each, within) for name, each in value.items()}

    def _value(self, name: str, value: Any, within: str) -> Any:
        lowered = name.lower()
        if within.lower() in map(str.lower, BANKS) and lowered in ("accountid", "code"):
            at = 1 if within == "ToBankAccount" else 0
            return self._shop.bank[at] if lowered == "accountid" else f"09{at}"
        for known, code in CODES.items():
            if lowered == known.lower():
                return value if value == "200" else code
        for known, ids in self._shop.ids.items():
            if lowered == known.lower() and name not in ("TaxType", "ContactNumber"):
                at = self._used[known] = self._used.get(known, -1) + 1
                return ids[at % len(ids)]
        return self.body(value, name)


def example_of(content: Json | None) -> Any:
    """The example of a JSON body, or None."""
    return (content or {}).get("application/json", {}).get("example")
