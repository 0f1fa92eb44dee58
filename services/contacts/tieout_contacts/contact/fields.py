"""The fields that a contact shows on both sides: which sync, and whose value counts (MAP-5, CONT-10, CONT-11)."""

from tieout_kit.sync import Field, Owner
from tieout_schemas.settings import TenantSettings, Wins

_NAME_OWNER = {Wins.LATEST: Owner.LATEST, Wins.PLATFORM: Owner.PLATFORM, Wins.XERO: Owner.XERO}


def name_key(name: str) -> str:
    """CONT-1. What two names that are one have in common: trimmed, without case, as Xero compares them."""
    return name.strip().lower()


def name_owner(settings: TenantSettings) -> Owner:
    """CONT-11. Whose name counts, as the tenant chose."""
    return _NAME_OWNER[settings.contact_name_wins]


FIELDS = (
    Field(
        name="name",
        theirs=lambda seen, _: seen.name,
        same=lambda ours, theirs: ours.strip() == theirs.strip(),
        owner=name_owner,
    ),
    Field(name="email", theirs=lambda seen, _: seen.email, synced=lambda settings: settings.contact_email),
    Field(name="phone", theirs=lambda seen, _: seen.phone, synced=lambda settings: settings.contact_phone),
    Field(name="address", theirs=lambda seen, _: seen.address, synced=lambda settings: settings.contact_address),
    Field(name="account_number", theirs=lambda seen, _: seen.account_number),
)
