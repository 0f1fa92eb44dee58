"""Where the chart is."""

from pathlib import Path

CHART = Path(__file__).resolve().parent.parent / "tieout"
VALUES = CHART / "values.yaml"
EXAMPLES = CHART / "examples"
