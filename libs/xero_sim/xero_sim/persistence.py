"""Stores a world in a file between two runs: apps, consents and organisations, but no deliveries and faults."""

import os
import pickle
from pathlib import Path

from xero_sim.world import World


def load(file: Path) -> World:
    """The saved world, or an empty one if there is no file. Only open files that you saved yourself."""
    if not file.exists():
        return World()
    world: World = pickle.loads(file.read_bytes())  # noqa: S301  our own file, as the docstring says
    return world


def save(world: World, file: Path) -> None:
    """Replace the file atomically, so that a killed process leaves a complete file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_bytes(pickle.dumps(world))
    os.replace(new, file)
