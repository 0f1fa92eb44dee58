"""Files on documents. Source: docs/xero.md 4.12."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from uuid import UUID

from tieout_connector.kinds.kind import UNKEYED, ComposedCall, WriteKind
from tieout_connector.kinds.matching import body_of, inner_rows, match_once, unclaimed
from tieout_connector.kinds.pairing import objects, only_made, own_id, paired, with_the_last
from tieout_connector.xero.attachments import MAX_FILE_BYTES, REFUSED_CHARACTERS, Attachment, attachments_of, uploading
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import Resource
from tieout_connector.xero.scopes import Scope
from tieout_schemas.bodies import AttachmentBody, Document
from tieout_schemas.writes import WriteIntent


class AttachmentWrite(WriteKind):
    """A file on a document, one file in a call. The file's name is its key within the document."""

    name = "attachment"
    scopes = (Scope.ATTACHMENTS,)
    max_per_call = 1
    found_by = "its name and size, among the document's files"
    repeat = "replaces the file by itself"

    def __init__(self, resources: Mapping[Document, str]) -> None:
        """`resources`: the resource of each document that can have files."""
        self._resources = resources

    def batch_key(self, intent: WriteIntent) -> str:
        body = body_of(AttachmentBody, intent)
        return f"{body.document}:{body.document_xero_id}"

    def local_refusal(self, intent: WriteIntent, now: Json) -> tuple[str, ...]:
        body = body_of(AttachmentBody, intent)
        why = []
        if not body.file_name or REFUSED_CHARACTERS & set(body.file_name):
            why.append("The file name contains characters that are not allowed")
        if body.size > MAX_FILE_BYTES:
            why.append("The file is larger than 10 MB")
        return tuple(why)

    def compose(self, intents: Sequence[WriteIntent], now: Mapping[str, Json]) -> ComposedCall:
        (body,) = (body_of(AttachmentBody, intent) for intent in intents)
        request = uploading(self._resources[body.document], body.document_xero_id, body.file_name, UNKEYED)
        return ComposedCall(request, b"", body.storage_key)

    def answered(self, content: Json, intents: Sequence[WriteIntent]) -> Mapping[str, Json]:
        rows = objects(self._files(intents[0]).raws(content))
        found = with_the_last(paired(intents, rows, _fits, _same_name), intents, rows, _tells)
        return only_made(found, "AttachmentID")

    def xero_id(self, element: Json, intent: WriteIntent) -> UUID | None:
        return own_id(element, "AttachmentID")

    def lookup_requests(self, intents: Sequence[WriteIntent], first_sent_at: datetime) -> Sequence[XeroRequest]:
        return [self._files(intents[0]).listing()]

    def listed_ids(self, contents: Sequence[Json]) -> Sequence[UUID]:
        ids = (own_id(row, "AttachmentID") for content in contents for row in inner_rows(content.get("Attachments")))
        return [found for found in ids if found is not None]

    def match_results(
        self,
        intents: Sequence[WriteIntent],
        contents: Sequence[Json],
        before: Mapping[str, Json],
        first_sent_at: datetime,
        taken: Set[UUID] = frozenset(),
    ) -> Mapping[str, Json]:
        rows = (row for content in contents for row in inner_rows(content.get("Attachments")))
        return match_once(intents, unclaimed(rows, "AttachmentID", taken), _fits)

    def _files(self, intent: WriteIntent) -> Resource[Attachment]:
        body = body_of(AttachmentBody, intent)
        return attachments_of(self._resources[body.document], body.document_xero_id)


def _fits(intent: WriteIntent, row: Json) -> bool:
    body = body_of(AttachmentBody, intent)
    return (row.get("FileName"), row.get("ContentLength")) == (body.file_name, body.size)


def _same_name(intent: WriteIntent, row: Json) -> bool:
    # The answer to an upload. Xero may count the bytes in its own way.
    return bool(row.get("FileName") == body_of(AttachmentBody, intent).file_name)


def _tells(row: Json) -> bool:
    return bool(row.get("FileName"))
