"""Files on a record: listed as JSON, moved as streams. Source: xero-api.md 4.12."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import XeroModel
from tieout_connector.xero.resource import Resource

MOST_BYTES = 10 * 1024 * 1024
"""Of one file: the smaller of the two figures that Xero's pages give."""
REFUSED_CHARACTERS = frozenset('<>:"/\\|?*\0+')


class Attachment(XeroModel):
    """A file; its name is its key within the record."""

    xero_id: Annotated[UUID, Field(alias="AttachmentID")]
    file_name: str
    media_type: Annotated[str, Field(alias="MimeType")] = ""
    size: Annotated[int, Field(alias="ContentLength")] = 0
    include_online: bool = False


def attachments_of(resource: str, xero_id: UUID | str) -> Resource[Attachment]:
    """Those of one record of a resource."""
    return Resource(f"{resource}/{xero_id}/Attachments", "AttachmentID", Attachment.model_validate, key="Attachments")


def downloading(resource: str, xero_id: UUID | str, file: Attachment) -> Request:
    """For XeroApi.download. By its id, for a name may hold what is quoted in two ways."""
    path = attachments_of(resource, xero_id).path(file.xero_id)
    return Request("GET", path, {}, accept=file.media_type or "application/octet-stream")


def uploading(resource: str, xero_id: UUID | str, file_name: str, key: str) -> Request:
    """For XeroApi.call with an Upload; a file of the same name is replaced. Raises ValueError for a bad name."""
    if not file_name or REFUSED_CHARACTERS & set(file_name):
        raise ValueError(f"Xero takes no file of this name: {file_name!r}")
    return Request("PUT", attachments_of(resource, xero_id).path(file_name), {}, key=key)
