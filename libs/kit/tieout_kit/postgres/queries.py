"""Loads named queries with named parameters from .sql files: `-- name: …`, one sentence, the query."""

import re
from importlib.resources import files
from typing import Any

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_PARAMETER = re.compile(r"\$([a-z_]\w*)")


class Query(str):
    """The text of a query. Called with the values of its parameters, a query gives what asyncpg takes: its text with
    numbered parameters, and the values in that order.

    `select … where tenant_id = $tenant_id` is run by `db.fetch(*query(tenant_id=tenant_id))`.
    """

    names: tuple[str, ...]
    """Its parameters, in the order in which they are numbered."""

    def __new__(cls, text: str) -> "Query":
        """A query as it is written, with `$name` where a value goes."""
        names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
        query = super().__new__(cls, _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", text))
        query.names = names
        return query

    def __call__(self, **values: Any) -> tuple[Any, ...]:
        """Raises TypeError for a value that is missing, and for one that the query has no parameter for."""
        if values.keys() != set(self.names):
            raise TypeError(f"a query with {', '.join(self.names) or 'no parameters'} was given {', '.join(values)}")
        return str(self), *(values[name] for name in self.names)


def load(package: str, file: str) -> dict[str, Query]:
    """The queries of `sql/<file>` in a package, by name. Raises ValueError if two have the same name."""
    text = files(package).joinpath("sql", file).read_text()
    parts = _NAME.split(text)[1:]
    queries = {name: Query(query.strip()) for name, query in zip(parts[::2], parts[1::2], strict=True)}
    if len(queries) * 2 != len(parts):
        raise ValueError(f"{package}/sql/{file} names a query twice")
    return queries
