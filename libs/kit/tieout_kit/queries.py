"""Loads named queries from .sql files: `-- name: …`, one sentence, the query."""

import re
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load(package: str, file: str) -> dict[str, str]:
    """The queries of `sql/<file>` in a package, by name. A name said twice is a bug."""
    text = files(package).joinpath("sql", file).read_text()
    parts = _NAME.split(text)[1:]
    queries = dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
    if len(queries) * 2 != len(parts):
        raise ValueError(f"{package}/sql/{file} names a query twice")
    return queries
