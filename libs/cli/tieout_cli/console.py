"""Where the command writes."""

from rich.console import Console

console = Console(highlight=False)
