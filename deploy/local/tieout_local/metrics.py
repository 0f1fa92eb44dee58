"""Writes docs/metrics.md from the declarations of kit and services: `python -m tieout_local.metrics [--check]`."""

import sys

import tieout_connector.metrics
import tieout_kit.metrics
from tieout_kit.generate import page
from tieout_schemas.generate import DOCS, write_files

DECLARING = (tieout_kit.metrics, tieout_connector.metrics)

if __name__ == "__main__":
    sys.exit(write_files({DOCS / "metrics.md": page(DECLARING)}))
