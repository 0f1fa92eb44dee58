"""/{Resource}/{id}/History: Xero's own entries, and notes, which can be added but not changed.

Source: docs/xero.md 4.12, behaviour 79.
"""

from dataclasses import dataclass

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.listed import known
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer
from xero_sim.org import Org
from xero_sim.records.organisation import Note
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps, instant, ms_form

KEY = "HistoryRecords"
LONGEST = 2_500


_SHAPES = shapes(KEY)


def note_form(note: Note, form: Form = Form.LIST) -> Json:
    """One entry. An app's note has the system as its user. The reply to a write shows the time without an offset."""
    values: Json = {
        "Changes": note.changes,
        "DateUTCString": instant(note.at_ms).strftime("%Y-%m-%dT%H:%M:%S"),
        "DateUTC": f"/Date({note.at_ms})/" if form is Form.REPLY else ms_form(note.at_ms),
        "User": note.user,
        "Details": note.details,
    }
    return _SHAPES[form].of(values)


@dataclass(frozen=True, slots=True)
class History:
    """The handlers for one resource."""

    resource: str

    def all(self, call: Call) -> Answer:
        """GET …/History, newest first."""
        notes = call.org.notes.get(self._known(call), [])
        return success(call, KEY, [dumps(note_form(note)) for note in reversed(notes)])

    def add(self, call: Call) -> Answer:
        """PUT or POST …/History adds notes."""
        key = self._known(call)
        return write_all(call, KEY, call.elements(KEY), lambda sent: _add(call.org, key, sent))

    def _known(self, call: Call) -> str:
        return str(known(call, call.org.tables[self.resource]).id)


def _add(org: Org, key: str, sent: Sent) -> Written:
    details = sent.text("Details") or ""
    if not 0 < len(details) <= LONGEST:
        return Failed(refused(KEY, sent), None, [f"Details must have 1 to {LONGEST} characters"])
    note = Note(org.clock.now_ms(), details)
    org.notes.setdefault(key, []).append(note)
    return Saved(note_form(note, Form.REPLY))
