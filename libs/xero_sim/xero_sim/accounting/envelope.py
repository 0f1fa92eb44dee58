"""Success bodies. Records arrive rendered, so that a page of a thousand is joined, not encoded again.

Source: docs/xero.md 3.1, behaviours 20 and 24.
"""

from collections.abc import Sequence

from xero_sim.accounting.call import Call
from xero_sim.answers import JSON, Answer
from xero_sim.ids import Ids
from xero_sim.query.paging import Page
from xero_sim.wire import dumps

_new_id = Ids()


def success(call: Call, key: str, forms: Sequence[bytes], page: Page | None = None) -> Answer:
    """Id, Status, ProviderName, DateTimeUTC, then the array, also for a single record."""
    now = f"/Date({call.org.clock.now_ms()})/".encode()
    head = b'{"Id":"%b","Status":"OK","ProviderName":%b,"DateTimeUTC":"%b",' % (
        _new_id().encode(),
        dumps(call.app_name),
        now,
    )
    if page is not None:
        head += b'"pagination":%b,' % dumps(page.form())
    return Answer(200, b'%b"%b":[%b]}' % (head, key.encode(), b",".join(forms)), JSON)
