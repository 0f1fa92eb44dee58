"""Times the seed, and unpickling of the same objects as its baseline."""

import pickle
import time

from bench.sim.measuring import DOCUMENTS
from xero_sim.clock import Clock
from xero_sim.seeds.business import seed_business
from xero_sim.seeds.new_org import new_org


def _ignore(_: object) -> None:
    """A listener that ignores changes; a module function, so that it can be pickled."""


def seeding() -> tuple[float, float]:
    """The seconds of seeding and of unpickling."""
    org = new_org(Clock(), _ignore, name="Kauri Ltd")
    begun = time.perf_counter()
    seed_business(org, DOCUMENTS)
    seeded = time.perf_counter()
    kept = pickle.dumps(org)
    pickled = time.perf_counter()
    pickle.loads(kept)  # noqa: S301 - made above
    return seeded - begun, time.perf_counter() - pickled
