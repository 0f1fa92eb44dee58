"""Pages. Source: docs/xero.md 3.4, behaviours 24 and 25."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

MAX_PAGE_SIZE = 1000
DEFAULT_PAGE_SIZE = 100


class Page(NamedTuple):
    """One page: its number, its size, and the size of the whole list."""

    number: int
    size: int
    item_count: int

    def form(self) -> dict[str, int]:
        """The `pagination` block."""
        return {
            "page": self.number,
            "pageSize": self.size,
            "pageCount": -(-self.item_count // self.size),
            "itemCount": self.item_count,
        }

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of this page; past the end there are none."""
        start = (self.number - 1) * self.size
        return rows[start : start + self.size]


def _number(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def asked_page(query: Mapping[str, str], item_count: int, *, forced: bool = False) -> Page | None:
    """The requested page; None if the list is not paged. Sizes out of range are clamped."""
    if not forced and "page" not in query:
        return None
    size = min(max(_number(query.get("pagesize"), DEFAULT_PAGE_SIZE), 1), MAX_PAGE_SIZE)
    return Page(max(_number(query.get("page"), 1), 1), size, item_count)
