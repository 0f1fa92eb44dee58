"""Scopes: which exist, which an app may ask for, which a call needs. Source: docs/xero.md 1.6."""

from datetime import date

GRANULAR_ONLY_FROM = date(2026, 3, 2)
BROAD = frozenset(("accounting.transactions", "accounting.transactions.read", "accounting.reports.read"))
_WITH_READ_SCOPE = (
    "accounting.invoices", "accounting.payments", "accounting.banktransactions", "accounting.manualjournals",
    "accounting.contacts", "accounting.settings", "accounting.attachments",
)  # fmt: skip
KNOWN = frozenset(
    (
        *_WITH_READ_SCOPE, *(f"{scope}.read" for scope in _WITH_READ_SCOPE), *BROAD, "accounting.budgets.read",
        "accounting.journals.read", "openid", "profile", "email", "offline_access", "app.connections",
        "marketplace.billing",
        *(f"accounting.reports.{name}.read" for name in (
            "aged", "balancesheet", "banksummary", "budgetsummary", "executivesummary", "profitandloss",
            "trialbalance", "taxreports", "tenninetynine",
        )),
    )
)  # fmt: skip
_IN_TRANSACTIONS = ("accounting.invoices", "accounting.payments", "accounting.banktransactions")


def refuse_scopes(requested: list[str], assigned: list[str], created: date) -> str | None:
    """The error code for a request of these scopes, or None. If `assigned` is empty, all scopes are assigned."""
    if not requested or any(scope not in KNOWN for scope in requested):
        return "invalid_scope"
    if created >= GRANULAR_ONLY_FROM and BROAD & set(requested):
        return "invalid_scope"
    return "invalid_scope" if assigned and set(requested) - set(assigned) else None


def grants(held: frozenset[str], scope: str, *, reading: bool) -> bool:
    """True if the held scopes permit a call that needs `scope`. `reading`: the call only reads.

    `scope` may hold several scopes, separated by spaces, of which one is enough (Items).
    """
    enough = set(scope.split())
    if not enough.isdisjoint(_IN_TRANSACTIONS):
        enough.add("accounting.transactions")
    if reading:
        enough |= {f"{each}.read" for each in enough}
    return not enough.isdisjoint(held)
