"""The console that the command writes to."""

from rich.console import Console
from rich.table import Column

console = Console(highlight=False)


def columns(*headers: str, unbroken: str = "") -> list[Column]:
    """The columns of a table. In a narrow terminal values are broken into lines and never cut, since people copy ids.

    `unbroken`: the column that is broken last.
    """
    return [Column(header, overflow="fold", no_wrap=header == unbroken) for header in headers]
