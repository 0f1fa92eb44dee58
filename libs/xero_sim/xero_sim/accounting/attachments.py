"""/{Resource}/{id}/Attachments: files as plain bytes. Source: docs/xero.md 4.12, behaviour 78."""

from dataclasses import dataclass

from xero_sim.accounting.attachment_forms import attachment_form
from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.accounting.listed import known
from xero_sim.answers import Answer, Rejected, not_found, validation_exception
from xero_sim.ids import canonical
from xero_sim.records.file_types import mime_type_of
from xero_sim.records.organisation import Attachment
from xero_sim.rules.history import Entry
from xero_sim.wire import dumps

KEY = "Attachments"
MOST = 10
BIGGEST = 10 * 1024 * 1024
REFUSED_CHARACTERS = frozenset('<>:"/\\|?*\0+')


@dataclass(frozen=True, slots=True)
class Attachments:
    """The handlers for one resource."""

    resource: str

    def all(self, call: Call) -> Answer:
        """GET …/Attachments."""
        key = self._known(call)
        kept = call.org.attachments.get(key, {})
        return success(call, KEY, [dumps(attachment_form(self.resource, key, each)) for each in kept.values()])

    def read(self, call: Call) -> Answer:
        """GET …/Attachments/{filename or AttachmentID}: the bytes."""
        kept = call.org.attachments.get(self._known(call), {})
        found = kept.get(call.ids[1]) or next(
            (each for each in kept.values() if each.id == canonical(call.ids[1])), None
        )
        if found is None:
            raise Rejected(not_found())
        return Answer(200, found.content, found.mime_type)

    def write(self, call: Call) -> Answer:
        """PUT or POST …/Attachments/{filename}. A file of the same name is replaced; an eleventh file is refused."""
        key, name = self._known(call), call.ids[1]
        kept = call.org.attachments.setdefault(key, {})
        if problems := _refuse(name, len(call.body), len(kept) + (name not in kept)):
            errors = [{"Message": problem} for problem in problems]
            return validation_exception([{"FileName": name, "ValidationErrors": errors}])
        known = kept.get(name)
        online = call.flag("IncludeOnline")
        file_id, written = (known.id, known.written + 1) if known else (call.org.new_id(), 1)
        kept[name] = Attachment(file_id, name, mime_type_of(name) or "", call.body, online, written)
        call.org.mark_attached(key)
        details = f"Attached the file {name} through the Xero API using {call.app_name}"
        call.org.note(key, [Entry("Attached a file", details)], "System Generated")
        return success(call, KEY, [dumps(attachment_form(self.resource, key, kept[name], Form.REPLY))])

    def _known(self, call: Call) -> str:
        return str(known(call, call.org.tables[self.resource]).id)


def _refuse(name: str, size: int, count: int) -> list[str]:
    problems = []
    if mime_type_of(name) is None:
        problems.append(f"The file {name} is not a supported file type")
    if REFUSED_CHARACTERS & set(name):
        problems.append("The file name contains characters that are not allowed")
    if size > BIGGEST:
        problems.append("The file is larger than 10 MB")
    if count > MOST:
        problems.append(f"A document can have at most {MOST} attachments")
    return problems
