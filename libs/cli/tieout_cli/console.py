"""The console that the command writes to."""

from rich.console import Console

console = Console(highlight=False)
