"""Lists and single reads that work alike for several kinds. Source: docs/xero.md 3.3-3.5."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.query.kinds import Resolve
from xero_sim.query.listing import filtered, ordered
from xero_sim.query.paging import asked_page
from xero_sim.query.since import modified_since
from xero_sim.sent import Sent
from xero_sim.table import Stamped, Table
from xero_sim.wire import Json, dumps

T = TypeVar("T", bound=Stamped)


def changed(call: Call, table: Table[T]) -> Sequence[T]:
    """All records, or those changed since If-Modified-Since, in order."""
    since = modified_since(call.headers)
    return table.in_order() if since is None else table.changed_since(since)


def list_rows(
    call: Call, key: str, rows: Sequence[T], fields: Resolve, show: Callable[[T, Form], Json], *, paged: bool = True
) -> Answer:
    """Filter, order, page and render the rows of a list."""
    rows = ordered(filtered(rows, call.query, fields), call.query, fields)
    page = asked_page(call.query, len(rows)) if paged else None
    rows = page.cut(rows) if page else rows
    form = Form.PAGE if page else Form.LIST
    return success(call, key, [dumps(show(row, form)) for row in rows], page)


def known(call: Call, table: Table[T]) -> T:
    """The record whose id is in the path. Raises Rejected (404)."""
    return _required(table.get(call.ids[0]))


def known_elements(table: Table[T], id_name: str, elements: Sequence[Sent]) -> Mapping[Sent, T]:
    """The records whose ids were sent. Raises Rejected (404) if one of them is unknown."""
    return {sent: _required(table.get(sent.text(id_name) or "")) for sent in elements}


def _required(found: T | None) -> T:
    if found is None:
        raise Rejected(not_found())
    return found
