"""The organisation, and the actions that its plan and user allow. Source: docs/xero.md 4.11."""

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json, XeroModel
from tieout_connector.xero.parsing import identifier, optional, required
from tieout_connector.xero.resource import Resource
from tieout_schemas.xero_organisation import XeroOrganisation


def parse(raw: Json) -> XeroOrganisation:
    """The organisation. Nothing may be written on or before a lock date (trap 30). Raises Unreadable."""
    return XeroOrganisation(
        xero_id=required(raw, "OrganisationID", identifier),
        name=required(raw, "Name", str),
        active=(raw.get("OrganisationStatus") or "ACTIVE") == "ACTIVE",
        base_currency=required(raw, "BaseCurrency", str),
        country=raw.get("CountryCode") or "",
        edition=raw.get("Version") or "",
        timezone=raw.get("Timezone") or "",
        short_code=raw.get("ShortCode") or "",
        period_lock_date=optional(raw, "PeriodLockDate", wire.day),
        end_of_year_lock_date=optional(raw, "EndOfYearLockDate", wire.day),
    )


class Action(XeroModel):
    """An action that the API's user may or may not do, such as CreateApprovedBill."""

    name: str
    status: str

    @property
    def allowed(self) -> bool:
        """Whether the user may do it."""
        return self.status == "ALLOWED"


ORGANISATION = Resource("Organisation", "OrganisationID", parse, key="Organisations")
"""Read as a list of one. Xero does not charge for its egress."""
ACTIONS = Resource("Organisation/Actions", "Name", Action.model_validate, key="Actions")
