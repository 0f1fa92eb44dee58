"""Contact groups and their members. Source: docs/xero.md 4.2."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json, XeroModel
from tieout_connector.xero.parsing import each, identifier, required
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero_organisation import XeroContactGroup


def parse(raw: Json) -> XeroContactGroup:
    """A group. A list shows no members, and there is no UpdatedDateUTC. Raises Unreadable."""
    members = each(raw, "Contacts", "contact", lambda contact: required(contact, "ContactID", identifier))
    return XeroContactGroup(
        xero_id=required(raw, "ContactGroupID", identifier),
        name=raw.get("Name") or "",
        active=(raw.get("Status") or "ACTIVE") == "ACTIVE",
        # Xero's order of the members is not documented.
        members=tuple(sorted(members)),
    )


class Member(XeroModel):
    """A contact in a group. Lists of groups leave them out."""

    xero_id: Annotated[UUID, Field(alias="ContactID")]
    name: str = ""


class ContactGroupForm(Form):
    """A group to create or rename, or with status DELETED to delete."""

    name: str | None = None
    status: str | None = None


CONTACT_GROUPS = Resource(
    "ContactGroups",
    "ContactGroupID",
    parse,
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
