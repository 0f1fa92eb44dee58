"""History and notes of a record. One call a record: no feed of changes. Source: xero-api.md 4.12."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.forms import Form
from tieout_connector.xero.reading import Moment, XeroModel
from tieout_connector.xero.resource import Resource, Way


class HistoryRecord(XeroModel):
    """Something that happened to a record, or a note about it."""

    at: Annotated[Moment | None, Field(alias="DateUTC")] = None
    changes: str = ""
    user: str = ""
    details: Annotated[str, Field(repr=False)] = ""
    """Free text, which may hold a bank's answer as well as a thank-you."""


class NoteForm(Form):
    """A note to add; it cannot be changed or taken back. At most 2,500 characters."""

    details: Annotated[str, Field(max_length=2500, repr=False)]


def history_of(resource: str, xero_id: UUID | str) -> Resource[HistoryRecord]:
    """That of one record of a resource."""
    return Resource(
        f"{resource}/{xero_id}/History",
        "DateUTC",
        HistoryRecord.model_validate,
        key="HistoryRecords",
        create=Way.MANY,
    )
