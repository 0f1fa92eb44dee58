"""A file of a record as JSON, in lists of files and inside the record. Source: docs/xero.md 4.12."""

from xero_sim.accounting.forms import Form, shapes
from xero_sim.org import Org
from xero_sim.records.organisation import Attachment
from xero_sim.wire import Json

_SHAPES = shapes("Attachments")


def attachment_form(resource: str, record_id: str, attachment: Attachment, form: Form = Form.LIST) -> Json:
    """One file; its address names the resource and the record."""
    values: Json = {
        "AttachmentID": attachment.id,
        "FileName": attachment.name,
        "Url": f"https://api.xero.com/api.xro/2.0/{resource}/{record_id}/Attachments/{attachment.name}",
        "MimeType": attachment.mime_type,
        "ContentLength": len(attachment.content),
    }
    return _SHAPES[form].of(values)


def attachments_in(org: Org, resource: str, record_id: str, form: Form) -> list[Json] | None:
    """The files inside their record, which a single read shows; None in every other form."""
    if form is not Form.SINGLE:
        return None
    return [attachment_form(resource, record_id, each) for each in org.attachments.get(record_id, {}).values()]
