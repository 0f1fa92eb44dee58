"""Scopes: which exist, which an app may ask for, which a call needs. Source: docs/xero.md 1.6."""

from datetime import date

GRANULAR_ONLY_FROM = date(2026, 3, 2)
BROAD = frozenset(("accounting.transactions", "accounting.transactions.read", "accounting.reports.read"))
_TWINNED = (
    "accounting.invoices", "accounting.payments", "accounting.banktransactions", "accounting.manualjournals",
    "accounting.contacts", "accounting.settings", "accounting.attachments",
)  # fmt: skip
KNOWN = frozenset(
    (
        *_TWINNED, *(f"{scope}.read" for scope in _TWINNED), *BROAD, "accounting.budgets.read",
        "accounting.journals.read", "openid", "profile", "email", "offline_access", "app.connections",
        "marketplace.billing",
        *(f"accounting.reports.{name}.read" for name in (
            "aged", "balancesheet", "banksummary", "budgetsummary", "executivesummary", "profitandloss",
            "trialbalance", "taxreports", "tenninetynine",
        )),
    )
)  # fmt: skip
_IN_TRANSACTIONS = ("accounting.invoices", "accounting.payments", "accounting.banktransactions")


def refuse_scopes(asked: list[str], assigned: list[str], created: date) -> str | None:
    """The error code for a request of these scopes, or None. `assigned` empty means all are."""
    if not asked or any(scope not in KNOWN for scope in asked):
        return "invalid_scope"
    if created >= GRANULAR_ONLY_FROM and BROAD & set(asked):
        return "invalid_scope"
    return "invalid_scope" if assigned and set(asked) - set(assigned) else None


def grants(held: frozenset[str], scope: str, *, reading: bool) -> bool:
    """True when the held scopes let a call through that writes, or only reads, under `scope`.

    `scope` may be several, parted by a space: any of them is enough (Items).
    """
    enough = set(scope.split())
    if not enough.isdisjoint(_IN_TRANSACTIONS):
        enough.add("accounting.transactions")
    if reading:
        enough |= {f"{each}.read" for each in enough}
    return not enough.isdisjoint(held)
