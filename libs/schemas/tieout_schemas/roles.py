"""Who may do what (SYS-11): the roles a token can carry, and the features a tenant's plan can close."""

from enum import StrEnum


class Role(StrEnum):
    """A role of a person, or of the platform itself."""

    VIEWER = "viewer"
    """Reads."""
    BOOKKEEPER = "bookkeeper"
    """Makes and changes records."""
    APPROVER = "approver"
    """Approves and pays bills."""
    ADMIN = "admin"
    """Connects and disconnects Xero, and chooses the settings."""
    PLATFORM = "platform"
    """The payables product itself: makes tenants."""


class Feature(StrEnum):
    """What a plan may leave out. What is there already keeps in step with Xero; only people's requests are refused."""

    VENDORS = "vendors"
    """Make and change vendors."""
    CUSTOMERS = "customers"
    """Make and change customers."""
    BILLS = "bills"
    """Make and change bills."""
    PAYMENTS = "payments"
    """Pay bills."""
    SETTINGS = "settings"
    """Choose settings other than the defaults."""
    AUDIT = "audit"
    """Read the audit trail."""
