"""Schedules: made from a seed, run to the end, and made small when they break an invariant."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from .profiles import OFTEN_OVERRULED, PROFILES
from .rest import Stage, finish
from .world import Violation, World


class Op(NamedTuple):
    """An operation, and two numbers by which it chooses."""

    name: str
    a: int
    b: int


def generate(seed: int, profile: str) -> list[Op]:
    """The schedule of this seed."""
    rnd = random.Random(f"{profile}:{seed}")
    weights = PROFILES[profile]
    length = rnd.choice([20, 40, 70])
    ops = [Op("start", rnd.randrange(6), rnd.randrange(6))]
    if rnd.random() < 0.2:
        ops = []
    left = {"restore": 2, "rebuild": 1}
    for name in rnd.choices(list(weights), list(weights.values()), k=length):
        if name in left:
            if not left[name]:
                continue
            left[name] -= 1
        ops.append(Op(name, rnd.randrange(24), rnd.randrange(24)))
    return ops


def run(ops: list[Op], profile: str, trace: bool = False) -> tuple[Violation | None, World]:
    """Run a schedule, and bring the world to rest three times; the violation that it finds."""
    world = World(skew=[0, 7, -7][ops[0].a % 3] if ops else 0, trace=trace)
    world.nobody_overrules = profile not in OFTEN_OVERRULED
    stage = Stage(world)
    try:
        with world.watched():
            for op in ops:
                world.tick()
                getattr(stage, op.name)(op.a, op.b)
            finish(stage)
    except Violation as violation:
        return violation, world
    return None, world


def shrink(ops: list[Op], profile: str, name: str) -> list[Op]:
    """A smallest schedule that breaks the same invariant."""

    def fails(candidate: list[Op]) -> bool:
        violation, _ = run(candidate, profile)
        return violation is not None and violation.name == name

    changed = True
    while changed:
        changed = False
        size = max(1, len(ops) // 2)
        while size:
            at = 0
            while at < len(ops):
                candidate = ops[:at] + ops[at + size :]
                if candidate and fails(candidate):
                    ops, changed = candidate, True
                else:
                    at += size
            size //= 2
        for at, op in enumerate(ops):
            for a, b in ((0, 0), (0, op.b), (op.a, 0), (1, op.b), (op.a, 1), (op.a % 4, op.b), (op.a, op.b % 4)):
                simpler = Op(op.name, a, b)
                if simpler != op and a <= op.a and b <= op.b and fails([*ops[:at], simpler, *ops[at + 1 :]]):
                    ops, changed = [*ops[:at], simpler, *ops[at + 1 :]], True
                    break
    return ops


def first_violation(profiles: Iterable[str], seeds: range) -> tuple[str, int, Violation] | None:
    """Profile and seed of the first schedule that breaks an invariant."""
    for seed in seeds:
        for profile in profiles:
            violation, _ = run(generate(seed, profile), profile)
            if violation:
                return profile, seed, violation
    return None


def search(profile: str, seeds: range) -> str:
    """The first violation with its smallest schedule and its trace; empty: none was found."""
    found = first_violation([profile], seeds)
    if found is None:
        return ""
    _, seed, violation = found
    return explain(generate(seed, profile), profile, f"{profile} {seed}", violation)


def explain(ops: list[Op], profile: str, which: str, violation: Violation) -> str:
    """The smallest schedule that breaks the same invariant, with its trace."""
    small = shrink(ops, profile, violation.name)
    smaller, world = run(small, profile, trace=True)
    shown = [tuple(op) for op in small]
    return "\n".join([f"{which}: {violation}", *world.lines, f"=> {smaller}", f"{shown}"])
