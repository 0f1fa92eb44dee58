"""Kill -9 at every statement: between fetch and commit, commit and publish, publish and delete.

See docs/design.md, In and Out.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest

from tieout_testing import bench_results
from tieout_testing.faults import KillPoint

from .kills import Range, aimed, points, shoot
from .service_process import ServiceProcess, service_processes

pytestmark = pytest.mark.real

SAMPLE = 24
RARELY = ("drain:", "emit:")
"""Parts that are seldom at work: a sample of all points would leave them out."""
KILLS_EACH = 20
SHOTS_A_WORLD = 40


def seeded() -> int:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    return seed


@pytest.mark.timeout(200)
async def test_a_process_killed_at_any_statement_loses_nothing_and_doubles_nothing(
    kafka: Any, postgres: Any, topic_prefix: str
) -> None:
    """Seen to fail with a relay that deletes its rows before Kafka has them: states were never published; and with
    unparking that deletes waiting events in a transaction of its own: events were lost."""
    seed = seeded()
    chance = random.Random(seed)
    here = Range(kafka, postgres, topic_prefix)
    async with service_processes(3) as places:
        first, later = await points(here, places[0])
        print(f"{len(first | later)} points, {len(later)} of them after the first start")
        rare = [point for point in sorted(later) if point.startswith(RARELY) or "parking" in point]
        often = sorted(later.keys() - rare)
        sample = chance.sample(rare, SAMPLE // 3) + chance.sample(often, SAMPLE - SAMPLE // 3)
        chance.shuffle(sample)
        shots = [aimed(point, later, chance) for point in sample]
        lanes = [shots[n::3] for n in range(3)]
        shooting = [
            shoot(here, place, lane, random.Random(seed + n))
            for n, (place, lane) in enumerate(zip(places, lanes, strict=True))
        ]
        found = await asyncio.gather(*shooting)
        killed = sum((hits for hits, _ in found), Counter[str]())
        print(f"killed at {dict(killed)}", *(told for _, told in found), sep="\n")

    assert killed.total() >= SAMPLE * 2 // 3


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_many_kills_at_every_statement_lose_nothing_and_double_nothing(
    kafka: Any, postgres: Any, topic_prefix: str
) -> None:
    chance, started = random.Random(seeded()), time.monotonic()
    here = Range(kafka, postgres, topic_prefix)
    killed: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    async with service_processes(4) as places:
        first, later = await points(here, places[0])
        every = first | later
        for salvo in range(6):
            missing = {point: KILLS_EACH - killed[point] for point in every if killed[point] < KILLS_EACH}
            if not missing:
                break
            worlds = loaded(missing, first, later, chance)
            await asyncio.gather(*(_empty(here, place, worlds, chance, killed, totals) for place in places))
            print(f"after salvo {salvo + 1}: {killed.total()} kills, {time.monotonic() - started:.0f} s", flush=True)
    few = {point: killed[point] for point in every if killed[point] < KILLS_EACH}
    print(f"{len(every)} points: {dict(killed)}; {dict(totals)}; too few: {few}")
    bench_results.write(
        "crash",
        "libs/kit/tests/faults/test_crash.py",
        [
            bench_results.at_least("points", len(every), 1, "points"),
            bench_results.at_least(
                "fewest kills at a point", min(killed[point] for point in every), KILLS_EACH, "kills"
            ),
            bench_results.Figure("kills", killed.total(), "kills"),
            bench_results.Figure("worlds accounted", totals["worlds"], "worlds"),
            bench_results.Figure("events applied once each", totals["fed"], "events"),
            bench_results.Figure("requests", totals["requests"], "requests"),
            bench_results.Figure("states published", totals["states"], "states"),
            bench_results.exactly("lost", totals["lost"], 0, "changes"),
            bench_results.exactly("doubled", totals["doubled"], 0, "changes"),
            bench_results.Figure("events published again, in order", totals["repeats"], "events"),
            bench_results.Figure("took", round(time.monotonic() - started), "s"),
        ],
    )
    assert not few


def loaded(
    missing: dict[str, int], first: Counter[str], later: Counter[str], chance: random.Random
) -> list[list[KillPoint]]:
    """Shots for what is missing, by world; those that only a first start passes have a world each."""
    ongoing = [aimed(point, later, chance) for point, count in missing.items() if point in later for _ in range(count)]
    chance.shuffle(ongoing)
    worlds = [ongoing[n : n + SHOTS_A_WORLD] for n in range(0, len(ongoing), SHOTS_A_WORLD)]
    return worlds + [
        [aimed(point, first, chance)] for point, count in missing.items() if point not in later for _ in range(count)
    ]


async def _empty(
    here: Range,
    place: ServiceProcess,
    worlds: list[list[KillPoint]],
    chance: random.Random,
    killed: Counter[str],
    totals: Counter[str],
) -> None:
    """Shoot at one world after the other until none is left."""
    while worlds:
        hits, found = await shoot(here, place, worlds.pop(0), random.Random(chance.getrandbits(32)))
        killed.update(hits)
        totals.update(asdict(found))
        totals["worlds"] += 1
