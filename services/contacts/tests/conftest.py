"""The contacts service on a real Postgres."""

import pytest

from tieout_contacts.app import SERVICE
from tieout_kit.domain import Service
from tieout_testing.service_fixtures import harness, migrated_packages

__all__ = ["harness", "migrated_packages"]


@pytest.fixture(scope="session")
def service() -> Service:
    """The service under test."""
    return SERVICE
