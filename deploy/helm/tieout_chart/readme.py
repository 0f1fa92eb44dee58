"""Fills the tables of the chart's README.md: every value, and every setting of the services."""

import json
from collections.abc import Iterator
from typing import Any

from tieout_chart.paths import CHART, VALUES
from tieout_chart.settings import FIXED, VALUE_OF, Setting, every_setting
from tieout_chart.values import at, comments, defaults

README = CHART / "README.md"


def text() -> str:
    """README.md with the tables as they should be now."""
    page = README.read_text()
    for name, lines in (("values", _values()), ("settings", _settings())):
        before, _, rest = page.partition(f"<!-- {name}: made by `make generate` -->\n")
        after = rest.partition(f"<!-- end of {name} -->")[2]
        table = "\n".join(lines)
        page = f"{before}<!-- {name}: made by `make generate` -->\n{table}\n<!-- end of {name} -->{after}"
    return page


def _values() -> Iterator[str]:
    said, values = comments(VALUES.read_text()), defaults()
    yield from ("| value | default | meaning |", "| --- | --- | --- |")
    for path, meaning in said.items():
        # What follows from its parts is shown there.
        has_parts = any(other[: len(path)] == path and other != path for other in said)
        default = "" if has_parts else _code(at(values, path))
        yield f"| `{'.'.join(path)}` | {default} | {_cell(meaning)} |"


def _settings() -> Iterator[str]:
    yield from ("| setting | set by | default | meaning |", "| --- | --- | --- | --- |")
    for setting in every_setting():
        default = setting.schema.get("default")
        shown = "" if default is None or default == "" else _code(default)
        yield f"| `{setting.variable}` | {_set_by(setting)} | {shown} | {_cell(setting.schema['description'])} |"


def _set_by(setting: Setting) -> str:
    if setting.field in FIXED:
        return f"always {_code(FIXED[setting.field])}"
    if setting.field in VALUE_OF:
        return f"`{VALUE_OF[setting.field]}`"
    return f"`{'connector.settings' if setting.of_connector else 'settings'}.{setting.name}`"


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) and value else json.dumps(value)}`"


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
