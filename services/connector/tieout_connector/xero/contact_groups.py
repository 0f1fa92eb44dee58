"""Contact groups and their members. Source: docs/xero.md 4.2."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import XeroModel
from tieout_connector.xero.resource import Resource, WriteMode


class Member(XeroModel):
    """A contact in a group. Lists of groups leave the contacts out."""

    xero_id: Annotated[UUID, Field(alias="ContactID")]
    name: str = ""


class ContactGroup(XeroModel):
    """A group; status ACTIVE or DELETED. It has no UpdatedDateUTC, so changes are found by comparing."""

    xero_id: Annotated[UUID, Field(alias="ContactGroupID")]
    name: str = ""
    status: str = "ACTIVE"
    members: Annotated[tuple[Member, ...], Field(alias="Contacts")] = ()


class ContactGroupForm(Form):
    """A group to create or rename, or with status DELETED to delete."""

    name: str | None = None
    status: str | None = None


CONTACT_GROUPS = Resource(
    "ContactGroups",
    "ContactGroupID",
    ContactGroup.model_validate,
    filters=frozenset({"where", "order"}),
    create=WriteMode.MANY,
    update=WriteMode.BY_ID,
)


def members_of(group_id: UUID | str) -> Resource[Member]:
    """The contacts in a group: added and removed here, read with the group."""
    return Resource(
        f"ContactGroups/{group_id}/Contacts",
        "ContactID",
        Member.model_validate,
        key="Contacts",
        create=WriteMode.MANY,
        delete=True,
    )
