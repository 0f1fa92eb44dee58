"""CONT-5, CONT-10: a vendor made or changed on the platform."""

from uuid import UUID

from tieout_contacts.model import VendorIn
from tieout_contacts.rules.fields import first_set
from tieout_contacts.rules.outgoing import body
from tieout_kit.sync import wish
from tieout_schemas.payload import Origin
from tieout_schemas.platform import Sync, Vendor
from tieout_schemas.settings import Choices


def edited(vendor_id: UUID, before: Vendor | None, wanted: VendorIn, origin: Origin, chosen: Choices) -> Vendor:
    """The vendor as it is wanted; the same content again changes nothing, so a repeated request is harmless.

    What is left empty stays as it is, here as in Xero: so an account number taken from there is not lost (CONT-10).
    What does not sync, by the tenant's choice, is no wish for Xero (MAP-5).
    """
    content = wanted.content()
    if before is None:
        return Vendor(id=vendor_id, sync=wish(Sync()), origin=origin, **content)
    changed = before.model_copy(update={**content, **first_set(content, before)})
    if changed == before:
        return before
    sync = before.sync if body(changed, chosen) == body(before, chosen) else wish(before.sync)
    return changed.model_copy(update={"sync": sync, "origin": origin})
