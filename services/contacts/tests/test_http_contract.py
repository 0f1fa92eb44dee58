"""The contacts service's OpenAPI document is true."""

from uuid import uuid4

import pytest

from tieout_testing.service_tests import HttpContractTests

RECORD_ID = uuid4()


@pytest.mark.real
class TestHttpContract(HttpContractTests):
    """Of this service."""

    record_id = RECORD_ID
    requests = {f"{plural}/{RECORD_ID}": {"name": "Acme"} for plural in ("vendors", "customers")}
