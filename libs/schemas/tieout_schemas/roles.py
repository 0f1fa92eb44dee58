"""Who may do what (SYS-11): the roles a token can carry."""

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
