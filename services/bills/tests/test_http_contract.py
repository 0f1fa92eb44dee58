"""The bills service's OpenAPI document is true."""

from uuid import uuid4

import pytest

from tieout_testing.builders import bill_request
from tieout_testing.service_tests import HttpContractTests

BILL_ID = uuid4()


@pytest.mark.real
class TestHttpContract(HttpContractTests):
    """Of this service."""

    record_id = BILL_ID
    requests = {f"bills/{BILL_ID}": bill_request(uuid4())}
