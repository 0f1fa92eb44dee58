"""/{Resource}/{id}/Attachments: raw bytes in and out. Source: docs/xero.md 4.12, behaviour 78."""

from dataclasses import dataclass

from xero_sim.accounting.attachment_forms import attachment_form
from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.answers import Answer, Rejected, not_found, validation_exception
from xero_sim.records.organisation import Attachment
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
        """GET …/Attachments/{filename or AttachmentID}: the bytes, in the type they came in."""
        kept = call.org.attachments.get(self._known(call), {})
        found = kept.get(call.ids[1]) or next((each for each in kept.values() if each.id == call.ids[1].lower()), None)
        if found is None:
            raise Rejected(not_found())
        return Answer(200, found.content, found.mime_type)

    def write(self, call: Call) -> Answer:
        """PUT or POST …/Attachments/{filename}: the same name overwrites, an eleventh is refused."""
        key, name = self._known(call), call.ids[1]
        kept = call.org.attachments.setdefault(key, {})
        if problems := _refuse(name, len(call.body), len(kept) + (name not in kept)):
            errors = [{"Message": problem} for problem in problems]
            return validation_exception([{"FileName": name, "ValidationErrors": errors}])
        known = kept.get(name)
        online = call.flag("IncludeOnline")
        mime_type = call.headers.get("content-type", "application/octet-stream")
        key_there, written = (known.id, known.written + 1) if known else (call.org.new_id(), 1)
        kept[name] = Attachment(key_there, name, mime_type, call.body, online, written)
        call.org.mark_attached(key)
        return success(call, KEY, [dumps(attachment_form(self.resource, key, kept[name], Form.REPLY))])

    def _known(self, call: Call) -> str:
        key = call.ids[0].lower()
        if key not in call.org.tables[self.resource]:
            raise Rejected(not_found())
        return key


def _refuse(name: str, size: int, count: int) -> list[str]:
    problems = []
    if REFUSED_CHARACTERS & set(name):
        problems.append("The file name contains characters that are not allowed")
    if size > BIGGEST:
        problems.append("The file is larger than 10 MB")
    if count > MOST:
        problems.append(f"A document can have at most {MOST} attachments")
    return problems
