"""Keeps a world in a file between two runs: apps, consents and organisations; deliveries and faults are let go."""

import os
import pickle
from pathlib import Path

from xero_sim.world import World


def load(file: Path) -> World:
    """The world as it was saved, or an empty one where there is no file. Only ever open a file you saved yourself."""
    if not file.exists():
        return World()
    world: World = pickle.loads(file.read_bytes())  # noqa: S301  our own file, as the docstring says
    return world


def save(world: World, file: Path) -> None:
    """Replace the file as a whole: one that is cut off would be no use."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_bytes(pickle.dumps(world))
    os.replace(new, file)
