"""No random schedule breaks an invariant (docs/sync-semantics.md, section 6).

A failure prints the seed, and the smallest schedule that breaks the same invariant with all that happens in it.
"""

import pytest

from .profiles import PROFILES
from .schedules import search

SEEDS = 40
MANY = 5000


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize("profile", PROFILES)
def test_no_schedule_breaks_an_invariant(profile: str) -> None:
    assert not search(profile, range(SEEDS))


@pytest.mark.long
@pytest.mark.parametrize("profile", PROFILES)
def test_not_one_of_many_schedules_breaks_an_invariant(profile: str) -> None:
    assert not search(profile, range(SEEDS, MANY))
