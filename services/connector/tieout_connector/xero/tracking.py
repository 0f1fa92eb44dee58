"""Tracking categories and their options from and to Xero's form. Source: docs/xero.md 4.10."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Json, XeroModel
from tieout_connector.xero.parsing import each, required
from tieout_connector.xero.resource import Resource, WriteMode
from tieout_schemas.xero import XeroTrackingCategory


def parse(raw: Json) -> XeroTrackingCategory:
    """A tracking category with its active options. Raises Unreadable."""
    options = each(raw, "Options", "option", Option.model_validate)
    return XeroTrackingCategory(
        code=required(raw, "TrackingCategoryID", str),
        name=raw.get("Name") or "",
        active=(raw.get("Status") or "ACTIVE") == "ACTIVE",
        options=tuple(option.name for option in options if option.status == "ACTIVE"),
    )


class Option(XeroModel):
    """An option of a category; status ACTIVE, ARCHIVED or DELETED."""

    xero_id: Annotated[UUID | None, Field(alias="TrackingOptionID")] = None
    name: str = ""
    status: str = "ACTIVE"


class TrackingForm(Form):
    """A category or an option to create, rename or archive."""

    name: str | None = None
    status: str | None = None


TRACKING_CATEGORIES = Resource(
    "TrackingCategories",
    "TrackingCategoryID",
    parse,
    filters=frozenset({"where", "order", "includeArchived"}),
    create=WriteMode.ONE,
    update=WriteMode.BY_ID,
    delete=True,
    bare=True,
)


def options_of(category_id: UUID | str) -> Resource[Option]:
    """The options of a category: written and deleted here, read with the category."""
    return Resource(
        f"TrackingCategories/{category_id}/Options",
        "TrackingOptionID",
        Option.model_validate,
        key="Options",
        create=WriteMode.ONE,
        update=WriteMode.BY_ID,
        delete=True,
        bare=True,
    )
