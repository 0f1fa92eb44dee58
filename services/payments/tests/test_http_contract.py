"""The payments service's OpenAPI document is true."""

from uuid import uuid4

import pytest

from tieout_testing.builders import payment_request
from tieout_testing.service_tests import HttpContractTests

PAYMENT_ID = uuid4()


@pytest.mark.real
class TestHttpContract(HttpContractTests):
    """Of this service."""

    record_id = PAYMENT_ID
    requests = {f"payments/{PAYMENT_ID}": payment_request(uuid4())}
