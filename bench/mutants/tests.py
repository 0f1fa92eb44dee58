"""Runs the pure tests of a package, within pytest and without servers."""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from types import CodeType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import settings

_EXAMPLES = 25
_PURE_FIXTURES = {"request", "monkeypatch", "event_loop_policy"}
_OPTIONS = [
    "-q",
    "--assert=plain",
    "--noconftest",
    "--import-mode=importlib",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-p",
    "no:schemathesis",
]


class Tests:
    """The collected tests: what of the code each of them runs, and how long it takes."""

    def __init__(self, code: Iterable[str], use: Callable[["Tests"], None], slow: Sequence[str] = ()) -> None:
        """`code`: the files that are changed. `use` is called once the tests are collected, and uses
        them. `slow`: parts of the ids of tests that are left out."""
        self.files = frozenset(code)
        self.use = use
        self.slow = slow
        self.items: list[pytest.Item] = []
        self.seconds: dict[pytest.Item, float] = {}
        self.runs: dict[pytest.Item, set[CodeType]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that need no server, and are not long."""
        items[:] = [i for i in items if _is_pure(i) and not any(slow in i.nodeid for slow in self.slow)]
        for item in items:
            _try_few_examples(item)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's own loop."""
        self.items = list(session.items)
        if session.testsfailed:
            raise session.Interrupted("some tests cannot be collected")
        self.use(self)
        return True

    def observe(self) -> None:
        """Run each test once on the unchanged code. All must pass."""
        for item in self.items:
            ran: set[CodeType] = set()
            started = time.process_time()
            sys.setprofile(self._recorder(ran))
            try:
                failed = fails(item)
            finally:
                sys.setprofile(None)
            if failed:
                raise pytest.UsageError(f"{item.nodeid} fails on the unchanged code")
            self.seconds[item] = time.process_time() - started
            self.runs[item] = ran

    def _recorder(self, ran: set[CodeType]) -> Callable[[Any, str, Any], None]:
        def record(frame: Any, event: str, _: Any) -> None:
            if event == "call" and frame.f_code.co_filename in self.files:
                ran.add(frame.f_code)

        return record


def fails(item: pytest.Item) -> bool:
    """Whether a test fails."""
    return any(report.failed for report in runtestprotocol(item, log=False))


def run(paths: Sequence[str], tests: Tests) -> int:
    """Collect the tests, and let `tests.use` use them. Returns pytest's exit code."""
    # The same examples in every run.
    settings.register_profile("mutants", derandomize=True, max_examples=_EXAMPLES, database=None, deadline=None)
    settings.load_profile("mutants")
    return int(pytest.main([*_OPTIONS, "-o", "addopts=", *paths], plugins=[tests]))


def _try_few_examples(item: pytest.Item) -> None:
    """Also where a test asks for more than the profile."""
    function: Any = getattr(item, "function", None)
    if chosen := getattr(function, "_hypothesis_internal_use_settings", None):
        function._hypothesis_internal_use_settings = settings(chosen, max_examples=min(chosen.max_examples, _EXAMPLES))
    case: Any = getattr(item, "cls", None)
    if chosen := getattr(case, "settings", None):
        case.settings = settings(chosen, max_examples=min(chosen.max_examples, _EXAMPLES))


def _is_pure(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    given = set(parameters.params) if parameters else set()
    needs = set(getattr(item, "fixturenames", ())) - given
    return needs <= _PURE_FIXTURES and not item.get_closest_marker("long")
