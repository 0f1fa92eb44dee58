"""Which value was typed in view of which: the text of a value holds the number of its version."""

import re
from uuid import UUID

Cell = tuple[str, UUID, str]
"""Where it was typed: a kind and a record of ours, or "x" and a record of Xero; and the field."""


def version(value: object) -> int:
    """The number in a value; 0: there is none."""
    found = re.search(r"\d+", value) if isinstance(value, str) else None
    return int(found.group()) if found else 0


class Lineage:
    """All versions, each with the versions that its author had before him."""

    def __init__(self) -> None:
        self.parents: dict[int, set[int]] = {0: set()}
        self.side: dict[int, str] = {0: "both"}
        """Who typed it: p, the platform; x, somebody in Xero; both."""
        self.cell: dict[int, Cell] = {}
        self.newest = 0
        self.reverted = False
        """Somebody typed an older text again: from now on versions do not tell who saw what."""
        self.mixed = False
        """One text was typed on both sides: neither do they then tell who changed something first."""

    def new(self, side: str, cell: Cell, before: str) -> str:
        """A text that nobody has typed yet, in place of this one."""
        self.newest += 1
        self.parents[self.newest] = {version(before)} - {self.newest}
        self.side[self.newest] = side
        self.cell[self.newest] = cell
        return f"v{self.newest}"

    def same(self, side: str, value: str, before: str) -> bool:
        """The text that the other side has, typed by hand: one version with two parents. False: it is an older one."""
        typed, replaced = version(value), version(before)
        if typed == replaced or not typed or self.follows(replaced, typed):
            return False
        self.parents[typed].add(replaced)
        self.mixed = True
        if self.side[typed] != side:
            self.side[typed] = "both"
        return True

    def follows(self, later: int, earlier: int) -> bool:
        """Whether the later version was typed in view of the earlier one, or of one that was."""
        todo, seen = [later], set[int]()
        while todo:
            one = todo.pop()
            if one == earlier:
                return True
            if one not in seen:
                seen.add(one)
                todo += self.parents.get(one, ())
        return earlier == 0
