"""Contact groups and their members. Source: xero-api.md 4.2."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.reading import XeroModel
from tieout_connector.xero.resource import Resource, Way


class Member(XeroModel):
    """A contact of a group; lists of groups name none."""

    xero_id: Annotated[UUID, Field(alias="ContactID")]
    name: str = ""


class ContactGroup(XeroModel):
    """A group; status ACTIVE or DELETED. It has no date of change: read whole and compare."""

    xero_id: Annotated[UUID, Field(alias="ContactGroupID")]
    name: str = ""
    status: str = "ACTIVE"
    members: Annotated[tuple[Member, ...], Field(alias="Contacts")] = ()


class ContactGroupForm(Form):
    """A group to make, rename, or by Status DELETED to end."""

    name: str | None = None
    status: str | None = None


CONTACT_GROUPS = Resource(
    "ContactGroups",
    "ContactGroupID",
    ContactGroup.model_validate,
    filters=frozenset({"where", "order"}),
    create=Way.MANY,
    update=Way.BY_ID,
)


def members_of(group_id: UUID | str) -> Resource[Member]:
    """The members of a group: added and taken out here, read with the group."""
    return Resource(
        f"ContactGroups/{group_id}/Contacts",
        "ContactID",
        Member.model_validate,
        key="Contacts",
        create=Way.MANY,
        delete=True,
    )
