"""The payments service's OpenAPI document is true: every answer is listed, every limit holds.

Seen to fail: with `datetime` instead of `Moment` for `since`, and without `refusals(Clash)` on the link routes.
"""

from uuid import uuid4

import pytest

from tieout_local.builders import payment_request
from tieout_local.http_contract import keeps_its_contract
from tieout_local.service_harness import ServiceHarness
from tieout_schemas.platform import ConnectionState

pytestmark = pytest.mark.real
PAYMENT_ID = uuid4()


@pytest.mark.parametrize("examples", [3, pytest.param(100, marks=pytest.mark.long)])
async def test_every_answer_is_as_the_openapi_document_says(harness: ServiceHarness, examples: int) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    assert (await harness.put(f"payments/{PAYMENT_ID}", payment_request(uuid4()))).status_code == 200
    known = {"record_id": PAYMENT_ID, "problem_id": (await harness.problems())[0].id}

    assert await keeps_its_contract(
        harness.app, harness.tenant_id, harness.token("ana"), known=known, examples=examples
    )
