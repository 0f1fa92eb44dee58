"""Ask an async client something from code that blocks, be there a running event loop or not."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def ask(question: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it to its end in an event loop of its own, in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(question())).result()
