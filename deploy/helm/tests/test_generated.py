"""What is made from values.yaml and from the code: the README's tables, the schema."""

import re
from typing import Any

import jsonschema
import pytest

from tieout_chart import readme, schema
from tieout_chart.paths import CHART, VALUES
from tieout_chart.settings import every_setting
from tieout_chart.values import Path, comments, defaults

YAML = """\
# A remark.
# -- The first.
first: 1
second:
  # -- A part,
  # in two lines.
  part: {a: 1}
  # -- Of nothing.

  bare: x
  list:
    - key: 1
    # -- After a list.
    - key: 2
  # -- The last.
  last: ""
"""


def test_the_comment_above_a_key_is_read() -> None:
    assert comments(YAML) == {
        ("first",): "The first.",
        ("second", "part"): "A part, in two lines.",
        ("second", "last"): "The last.",
    }


def test_every_value_is_explained_by_itself_or_by_what_it_belongs_to() -> None:
    said = comments(VALUES.read_text())
    unexplained = [
        ".".join(path)
        for path in _leaves(defaults())
        if not any(path[:length] in said for length in range(1, len(path) + 1))
    ]

    assert unexplained == []


def test_every_explained_value_is_used_by_a_template() -> None:
    templates = "".join(file.read_text() for file in CHART.glob("templates/**/*") if file.is_file())
    # A template takes all probes in a loop.
    names = {path: "probes" if "probes" in path else path[-1] for path in comments(VALUES.read_text())}
    unused = [".".join(path) for path, name in names.items() if not re.search(rf"\b{name}\b", templates)]

    assert unused == []


def test_the_readme_lists_every_value_and_every_setting() -> None:
    page = readme.text()

    assert all(f"| `{'.'.join(path)}` |" in page for path in comments(VALUES.read_text()))
    assert all(f"| `{setting.variable}` |" in page for setting in every_setting())


def test_every_setting_has_a_sentence() -> None:
    assert [setting.field for setting in every_setting() if not setting.schema.get("description")] == []


def test_the_defaults_themselves_fit_the_schema() -> None:
    made = schema.schema()
    jsonschema.Draft7Validator.check_schema(made)

    jsonschema.validate(defaults(), made, jsonschema.Draft7Validator)


@pytest.mark.parametrize("path", [path for path in schema.CONSTRAINTS if "*" not in path])
def test_every_constraint_is_about_a_value_that_there_is(path: str) -> None:
    values: Any = defaults()
    for name in path.split("."):
        assert name in values, path
        values = values[name]


def _leaves(values: dict[str, Any], path: Path = ()) -> list[Path]:
    found = []
    for name, value in values.items():
        found += _leaves(value, (*path, name)) if isinstance(value, dict) and value else [(*path, name)]
    return found
