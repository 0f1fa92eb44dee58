"""Tries the mutants of functions: one process collects the tests, and each mutant is a fork of it.

Only tests that run the changed function can notice. Those that noticed its other mutants go first, then the quickest.
"""

import importlib
import marshal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType

import pytest

from bench.mutants import children
from bench.mutants.mutant import Source
from bench.mutants.swap import Place, can_be_put, is_same, living, places, put
from bench.mutants.tests import Tests, fails
from bench.mutants.tried import Tried

_TIMES = 20
_AT_LEAST = 5.0


class Trial:
    """The mutants of a package's modules against its tests."""

    def __init__(self, tests: Tests, modules: Sequence[str]) -> None:
        self.tests = tests
        self.modules = modules
        self.tried: list[Tried] = []
        """`noticed` is None if the changed code runs at import."""
        self.noticed_by: dict[str, Counter[int]] = {}
        self.numbers = {item: n for n, item in enumerate(tests.items)}

    def run(self) -> None:
        """Try every mutant."""
        for mutant, by in children.answers(self._tasks()):
            mutant.noticed = by is children.DIED or by is not None
            if isinstance(by, int):
                self.noticed_by.setdefault(mutant.function, Counter())[by] += 1
            self.tried.append(mutant)

    def _tasks(self) -> Iterator[children.Task]:
        for name in self.modules:
            module = importlib.import_module(name)
            source = Source.of(module)
            original = source.original()
            functions = living(original)
            before = dict(places(original))
            for mutant in source.mutants(module):
                changed = source.compiled(mutant)
                tried = Tried(mutant.module, mutant.line, mutant.where, mutant.change)
                covering = self._covering(before, changed)
                if covering and can_be_put(original, changed, functions):
                    yield tried, self._attempt(changed, functions, covering, tried), self._seconds(covering)
                else:
                    tried.code = marshal.dumps(changed)
                    self.tried.append(tried)

    def _covering(self, before: Mapping[Place, CodeType], changed: CodeType) -> list[pytest.Item]:
        code = {before[at] for at, each in places(changed) if at in before and not is_same(before[at], each)}
        return [item for item, ran in self.tests.runs.items() if ran & code]

    def _seconds(self, items: Sequence[pytest.Item]) -> float:
        seconds = [self.tests.seconds[item] for item in items]
        return _AT_LEAST + _TIMES * max(seconds) + 2 * sum(seconds)

    def _attempt(
        self,
        changed: CodeType,
        functions: Mapping[Place, Sequence[FunctionType]],
        items: Sequence[pytest.Item],
        tried: Tried,
    ) -> Callable[[], int | None]:
        before = self.noticed_by.get(tried.function, Counter())
        in_order = sorted(items, key=lambda item: (-before[self.numbers[item]], self.tests.seconds[item]))

        def attempt() -> int | None:
            put(changed, functions)
            return next((self.numbers[item] for item in in_order if fails(item)), None)

        return attempt
