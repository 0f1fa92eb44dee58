"""Writes the chart's files that follow from the code: `python -m tieout_chart.generate [--check]`."""

import sys

from tieout_chart import readme, schema, topics
from tieout_chart.paths import CHART
from tieout_schemas.generate import write_files

if __name__ == "__main__":
    made = {
        CHART / "values.schema.json": schema.text(),
        CHART / "files" / "topics.yaml": topics.text(),
        readme.README: readme.text(),
    }
    sys.exit(write_files(made))
