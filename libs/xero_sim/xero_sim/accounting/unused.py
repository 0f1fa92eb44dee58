"""Lists that are empty here, such as quotes, and lists with exactly one record.

A client that reads everything gets the same answers as from a real organisation without such records. Source: OpenAPI.
"""

from dataclasses import dataclass

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.answers import Answer
from xero_sim.ids import Ids
from xero_sim.query.paging import asked_page
from xero_sim.wire import dumps, ms_form

PAGED = ("ManualJournals", "PurchaseOrders")
"""The resources whose lists have pages."""


@dataclass(frozen=True, slots=True)
class Unused:
    """The handler for one resource."""

    resource: str

    def all(self, call: Call) -> Answer:
        """GET the list, which is empty."""
        return success(call, self.resource, [], asked_page(call.query, 0) if self.resource in PAGED else None)


def list_branding_themes(call: Call) -> Answer:
    """GET /BrandingThemes: the theme that every new organisation has."""
    theme = {
        "BrandingThemeID": Ids(seed=f"theme:{call.org.tenant_id}")(),
        "Name": "Standard",
        "SortOrder": 0,
        "CreatedDateUTC": ms_form(call.org.profile.CreatedDateUTC),
    }
    return success(call, "BrandingThemes", [dumps(theme)])


def list_users(call: Call) -> Answer:
    """GET /Users: the person who created the organisation."""
    user = {
        "UserID": Ids(seed=f"owner:{call.org.tenant_id}")(),
        "EmailAddress": "demo@example.com",
        "FirstName": "Demo",
        "LastName": "User",
        "UpdatedDateUTC": ms_form(call.org.profile.CreatedDateUTC),
        "IsSubscriber": True,
        "OrganisationRole": "STANDARD",
    }
    return success(call, "Users", [dumps(user)])
