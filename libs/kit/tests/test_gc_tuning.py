"""Garbage is still found, only not looked for while a batch is at work."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from tieout_kit.process.gc_tuning import tune_gc


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def _looks() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_nobody_looks_while_the_objects_of_a_batch_pile_up() -> None:
    tune_gc()
    before = _looks()

    batch = [[number] for number in range(100_000)]

    assert len(batch) == 100_000
    assert _looks() == before


def test_what_only_refers_to_itself_goes_in_the_end() -> None:
    class Ring:
        def __init__(self) -> None:
            self.itself = self

    tune_gc()
    lost = weakref.ref(Ring())

    piled_up = [[number] for number in range(700_000)]

    assert len(piled_up) == 700_000
    assert lost() is None
