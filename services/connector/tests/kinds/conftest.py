"""The writer's steps, at a Xero with one new organisation."""

import pytest

from tieout_testing.connector import AtXero

from .writing import Writing


@pytest.fixture
async def writing(xero: AtXero) -> Writing:
    return Writing(xero)
