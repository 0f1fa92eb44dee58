"""History and notes of a record, read with one call for each record. Source: docs/xero.md 4.12."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.models import Moment, XeroModel
from tieout_connector.xero.resource import Resource, WriteMode


class HistoryRecord(XeroModel):
    """A change of a record, or a note on it."""

    at: Annotated[Moment | None, Field(alias="DateUTC")] = None
    changes: str = ""
    user: str = ""
    details: Annotated[str, Field(repr=False)] = ""
    """Free text, which may contain bank details."""


class NoteForm(Form):
    """A note to add, at most 2,500 characters. It cannot be changed or deleted."""

    details: Annotated[str, Field(max_length=2500, repr=False)]


def history_of(resource: str, xero_id: UUID | str) -> Resource[HistoryRecord]:
    """The history of one record of a resource."""
    return Resource(
        f"{resource}/{xero_id}/History",
        "DateUTC",
        HistoryRecord.model_validate,
        key="HistoryRecords",
        create=WriteMode.MANY,
    )
