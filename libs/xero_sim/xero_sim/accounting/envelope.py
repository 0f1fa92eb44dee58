"""The bodies of successful answers. Records are rendered before, so a page of 1,000 is only joined.

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
    """A 200 with Id, Status, ProviderName, DateTimeUTC, and the records as an array, even if there is only one."""
    now = f"/Date({call.org.clock.now_ms()})/".encode()
    head = b'{"Id":"%b","Status":"OK","ProviderName":%b,"DateTimeUTC":"%b",' % (
        _new_id().encode(),
        dumps(call.app_name),
        now,
    )
    if page is not None:
        head += b'"pagination":%b,' % dumps(page.form())
    return Answer(200, b'%b"%b":[%b]}' % (head, key.encode(), b",".join(forms)), JSON)
