"""Roles and features (SYS-11): the roles that a token can have, and the features that a plan can lack."""

from enum import StrEnum


class Role(StrEnum):
    """A role of a person, or of the platform itself."""

    VIEWER = "viewer"
    """Reads."""
    BOOKKEEPER = "bookkeeper"
    """Creates and changes records."""
    APPROVER = "approver"
    """Approves and pays bills."""
    ADMIN = "admin"
    """Connects and disconnects Xero, and chooses the settings."""
    PLATFORM = "platform"
    """The payables product itself: creates tenants."""


class Feature(StrEnum):
    """A feature that a plan may lack. Existing records stay in sync with Xero; only requests of people are refused."""

    VENDORS = "vendors"
    """Create and change vendors."""
    CUSTOMERS = "customers"
    """Create and change customers."""
    BILLS = "bills"
    """Create and change bills."""
    PAYMENTS = "payments"
    """Pay bills."""
    SETTINGS = "settings"
    """Change settings."""
    AUDIT = "audit"
    """Read the audit trail."""
