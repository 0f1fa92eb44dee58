"""Accounts, tax rates and tracking categories from Xero's form. Source: xero-api.md 4.8-4.10."""

from typing import Any
from uuid import UUID

from tieout_connector.xero import wire
from tieout_schemas.xero import XeroAccount, XeroTaxRate, XeroTrackingCategory


def account(raw: dict[str, Any]) -> XeroAccount:
    """An account of the chart of accounts."""
    return XeroAccount(
        xero_id=UUID(raw["AccountID"]),
        code=raw.get("Code") or "",
        name=raw["Name"],
        active=raw.get("Status", "ACTIVE") == "ACTIVE",
        type=raw["Type"],
        takes_payments=raw["Type"] == "BANK" or bool(raw.get("EnablePaymentsToAccount")),
    )


def tax_rate(raw: dict[str, Any]) -> XeroTaxRate:
    """A tax rate; its TaxType is its only id."""
    return XeroTaxRate(
        code=raw["TaxType"],
        name=raw["Name"],
        active=raw.get("Status", "ACTIVE") == "ACTIVE",
        rate=wire.number(raw.get("EffectiveRate")),
    )


def tracking_category(raw: dict[str, Any]) -> XeroTrackingCategory:
    """A tracking category with its active options."""
    return XeroTrackingCategory(
        code=raw["TrackingCategoryID"],
        name=raw["Name"],
        active=raw.get("Status", "ACTIVE") == "ACTIVE",
        options=tuple(o["Name"] for o in raw.get("Options") or [] if o.get("Status", "ACTIVE") == "ACTIVE"),
    )
