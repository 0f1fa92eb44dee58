"""Files on a record: listed as JSON, sent as streams. Source: docs/xero.md 4.12."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import XeroModel
from tieout_connector.xero.resource import Resource

MAX_FILE_BYTES = 10 * 1024 * 1024
"""The largest file. Xero's pages give two figures; this is the smaller one."""
REFUSED_CHARACTERS = frozenset('<>:"/\\|?*\0+')


class Attachment(XeroModel):
    """A file. Its name is its key within the record."""

    xero_id: Annotated[UUID, Field(alias="AttachmentID")]
    file_name: str
    media_type: Annotated[str, Field(alias="MimeType")] = ""
    size: Annotated[int, Field(alias="ContentLength")] = 0
    include_online: bool = False


def attachments_of(resource: str, xero_id: UUID | str) -> Resource[Attachment]:
    """The files of one record of a resource."""
    return Resource(f"{resource}/{xero_id}/Attachments", "AttachmentID", Attachment.model_validate, key="Attachments")


def uploading(resource: str, xero_id: UUID | str, file_name: str, key: str) -> XeroRequest:
    """The request to send a file with an Upload as its body. A file of the same name is replaced.

    Raises ValueError for a name that Xero refuses.
    """
    if not file_name or REFUSED_CHARACTERS & set(file_name):
        raise ValueError(f"Xero takes no file of this name: {file_name!r}")
    return XeroRequest("PUT", attachments_of(resource, xero_id).path(file_name), {}, key=key)
