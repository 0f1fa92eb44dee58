"""The organisation, and the actions that its plan and user allow. Source: docs/xero.md 4.11."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.models import Day, XeroModel
from tieout_connector.xero.resource import Resource
from tieout_schemas.money import Currency


class Organisation(XeroModel):
    """An organisation. Nothing may be written on or before a lock date (trap 30)."""

    xero_id: Annotated[UUID, Field(alias="OrganisationID")]
    name: str
    legal_name: str = ""
    base_currency: Currency
    country_code: str = ""
    version: str = ""
    timezone: str = ""
    """Windows' name of the time zone, without spaces: NEWZEALANDSTANDARDTIME."""
    status: Annotated[str, Field(alias="OrganisationStatus")] = "ACTIVE"
    plan: Annotated[str, Field(alias="Class")] = ""
    is_demo_company: bool = False
    short_code: str = ""
    period_lock_date: Day | None = None
    end_of_year_lock_date: Day | None = None


class Action(XeroModel):
    """An action that the API's user may or may not do, such as CreateApprovedBill."""

    name: str
    status: str

    @property
    def allowed(self) -> bool:
        """Whether the user may do it."""
        return self.status == "ALLOWED"


ORGANISATION = Resource("Organisation", "OrganisationID", Organisation.model_validate, key="Organisations")
"""Read as a list of one. Xero does not charge for its egress."""
ACTIONS = Resource("Organisation/Actions", "Name", Action.model_validate, key="Actions")
