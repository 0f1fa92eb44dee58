"""The fields that a contact shares with Xero's contact, and whose value wins (MAP-5, CONT-10, CONT-11)."""

from tieout_kit.sync import Field, Owner
from tieout_schemas.settings import NamePolicy, TenantSettings

_NAME_OWNER = {NamePolicy.LATEST: Owner.LATEST, NamePolicy.PLATFORM: Owner.PLATFORM, NamePolicy.XERO: Owner.XERO}


def name_key(name: str) -> str:
    """CONT-1. The name as Xero compares names: trimmed and in lower case."""
    return name.strip().lower()


def name_owner(settings: TenantSettings) -> Owner:
    """CONT-11. Whose name wins, by the tenant's setting."""
    return _NAME_OWNER[settings.contact_name_wins]


FIELDS = (
    Field(
        name="name",
        theirs=lambda seen, _: seen.name,
        same=lambda ours, theirs: ours.strip() == theirs.strip(),
        owner=name_owner,
        needed=True,
    ),
    Field(name="email", theirs=lambda seen, _: seen.email, synced=lambda settings: settings.contact_email),
    Field(name="phone", theirs=lambda seen, _: seen.phone, synced=lambda settings: settings.contact_phone),
    Field(name="address", theirs=lambda seen, _: seen.address, synced=lambda settings: settings.contact_address),
    Field(name="account_number", theirs=lambda seen, _: seen.account_number),
    Field(name="merged_to", theirs=lambda seen, _: seen.merged_to, owner=Owner.XERO_ALONE),
)
