"""Lists and reads that do not answer as they were asked."""

from collections.abc import Mapping
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.answers import Answer, not_found
from xero_sim.oddities.oddity import Oddity
from xero_sim.oddities.replies import elements_of
from xero_sim.query.paging import DEFAULT_PAGE_SIZE
from xero_sim.wire import Json


def shorter_pages(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """Make pages of at most `size` rows (100), and tell so."""
    size, asked = int(options.get("size", DEFAULT_PAGE_SIZE)), call.query.get("pagesize", "")
    if "page" in call.query and asked.isdigit() and int(asked) > size:
        call.query = {**call.query, "pagesize": str(size)}
    return None


def without_pagination(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """Leave the `pagination` block out."""
    content.pop("pagination", None)


def fewer_rows(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """Show fewer rows than `pagination` counts: `rows` (1) of each page are left out."""
    if "pagination" in content:
        rows = elements_of(content)
        del rows[max(len(rows) - int(options.get("rows", 1)), 0) :]


def slow_pages(call: Call, options: Mapping[str, Any]) -> float:
    """Take `seconds` (real time) for each row that a page is asked to have."""
    size = call.query.get("pagesize", "")
    return int(size) * float(options.get("seconds", 0.02)) if "page" in call.query and size.isdigit() else 0.0


def not_there_yet(call: Call, options: Mapping[str, Any]) -> Answer | None:
    """A read of the record `id` alone is answered 404."""
    return not_found() if str(options.get("id", "")).lower() in [part.lower() for part in call.ids] else None


def not_listed_yet(call: Call, content: Json, options: Mapping[str, Any]) -> None:
    """The record `id` is missing in a list that was asked for by ids."""
    wanted = str(options.get("id", "")).lower()
    if wanted in (call.listed("ids") or ()):
        rows = elements_of(content)
        shown = [row for row in rows if wanted not in (str(value).lower() for value in row.values())]
        if "pagination" in content:
            content["pagination"]["itemCount"] -= len(rows) - len(shown)
        rows[:] = shown


ODDITIES = {
    "short-pages": Oddity("F06", "Pages have at most `size` rows, whatever is asked for.", before=shorter_pages),
    "no-pagination": Oddity("F07", "A paged answer has no `pagination` block.", after=without_pagination),
    "fewer-rows": Oddity("F06", "A page has fewer rows than its `pagination` counts.", after=fewer_rows),
    "slow-pages": Oddity("F11", "A page takes `seconds` for each row that it is asked to have.", delay=slow_pages),
    "not-there-yet": Oddity(
        "F12", "The record `id` is missing when it is asked for by its id.", before=not_there_yet, after=not_listed_yet
    ),
}
