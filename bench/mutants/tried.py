"""A mutant, and whether a test noticed it."""

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Tried:
    """A mutant, and whether a test noticed it."""

    module: str
    line: int
    where: str
    change: str
    noticed: bool | None = None
    """None: not tried yet."""
    code: bytes | None = None
    """The changed code, if it runs at import."""

    @property
    def function(self) -> str:
        """The function or class that was changed."""
        return f"{self.module}:{self.where}"
