"""Loads named queries with named parameters from .sql files: `-- name: …`, one sentence, the query."""

import re
from importlib.resources import files
from typing import Any

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_PARAMETER = re.compile(r"\$([a-z_]\w*)")


class Query:
    """A query with parameters. Called with their values, it gives what asyncpg takes: the text with numbered
    parameters, and the values in that order.

    `select … where tenant_id = $tenant_id` is run by `db.fetch(*query(tenant_id=tenant_id))`.
    """

    def __init__(self, text: str) -> None:
        """`text`: with `$name` where a value goes."""
        self.names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
        self.text = _PARAMETER.sub(lambda found: f"${self.names.index(found[1]) + 1}", text)

    def __call__(self, **values: Any) -> tuple[Any, ...]:
        """Raises TypeError for a value that is missing, and for one that the query has no parameter for."""
        if values.keys() != set(self.names):
            raise TypeError(f"a query with {', '.join(self.names)} was given {', '.join(values) or 'nothing'}")
        return self.text, *(values[name] for name in self.names)


def load(package: str, file: str) -> dict[str, Any]:
    """The queries of `sql/<file>` in a package, by name: a Query, or without parameters its text.

    Raises ValueError if two have the same name.
    """
    text = files(package).joinpath("sql", file).read_text()
    parts = _NAME.split(text)[1:]
    queries = {name: _query(text.strip()) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    if len(queries) * 2 != len(parts):
        raise ValueError(f"{package}/sql/{file} names a query twice")
    return queries


def texts(package: str, file: str) -> dict[str, str]:
    """The texts of a file's queries as asyncpg gets them, by name."""
    return {name: getattr(query, "text", query) for name, query in load(package, file).items()}


def _query(text: str) -> Query | str:
    return Query(text) if _PARAMETER.search(text) else text
