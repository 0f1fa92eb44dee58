"""The writer's steps, at a Xero with one new organisation."""

from typing import TYPE_CHECKING, Any

import pytest

from .writing import Writing

if TYPE_CHECKING:
    from conftest import AtXero
else:
    AtXero = Any


@pytest.fixture
async def writing(xero: AtXero) -> Writing:
    return Writing(xero)
