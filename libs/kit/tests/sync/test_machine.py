"""The same operations, chosen by hypothesis: whatever order it finds, everything comes to rest as it should."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from .profiles import PROFILES
from .rest import Stage, finish
from .world import Violation, World

# Restores and rebuilds are left to the schedules: what they may lose is told apart only if there are few of them.
OPERATIONS = sorted({name for profile in PROFILES.values() for name in profile} - {"restore", "rebuild", "dump"})
NUMBER = st.integers(0, 23)


class Machine(RuleBasedStateMachine):
    """A world in which anything may happen next."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(World())
        self.watching = self.stage.world.watched()
        self.watching.__enter__()
        self.broken = False

    @initialize(a=NUMBER, b=NUMBER)
    def a_first_contact(self, a: int, b: int) -> None:
        self.stage.start(a, b)

    def teardown(self) -> None:
        try:
            if not self.broken:
                finish(self.stage)
        finally:
            self.watching.__exit__(None, None, None)


def _operation(name: str) -> Any:
    def operation(self: Machine, a: int, b: int) -> None:
        self.stage.world.tick()
        try:
            getattr(self.stage, name)(a, b)
        except Violation:
            self.broken = True
            raise

    operation.__name__ = name
    return rule(a=NUMBER, b=NUMBER)(operation)


for each in OPERATIONS:
    setattr(Machine, each, _operation(each))

TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
