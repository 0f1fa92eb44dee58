"""Stores the files of attachments: each has a key, never changes, and is read piece by piece."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote
from uuid import uuid4

from tieout_kit.errors import Clash, NotFound, Refused

PIECE = 64 * 1024
"""Bytes of a file in memory at a time."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
"""Valid keys. Slashes are quoted, so no key leads out of the folder."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file. Its pieces have `size` bytes together, and may be read more than once."""

    media_type: str
    size: int
    pieces: AsyncIterable[bytes]


class Storage(Protocol):
    """What the gateway needs of a store of files."""

    async def store(self, key: str, media_type: str, pieces: AsyncIterable[bytes]) -> None:
        """Store a file under a new key. Raises Refused: the key is invalid; Clash: it is in use."""

    async def read(self, key: str) -> StoredFile:
        """The file with this key. Raises NotFound, and Refused: the key is invalid."""


class Folder:
    """Files in a local folder. Each has a folder of its own, with its media type."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def store(self, key: str, media_type: str, pieces: AsyncIterable[bytes]) -> None:
        """Store a file, completely or not at all."""
        place = self._place(key)
        part = self._root / f".{uuid4().hex}"
        await asyncio.to_thread(part.mkdir, parents=True)
        try:
            with await asyncio.to_thread((part / "content").open, "wb") as file:
                async for piece in pieces:
                    await asyncio.to_thread(file.write, piece)
                await asyncio.to_thread(_flush, file.fileno(), file.flush)
            await asyncio.to_thread((part / "media-type").write_text, media_type)
            # A rename replaces no folder that has files in it, so of two files with one key the first stays.
            await asyncio.to_thread(part.rename, place)
        except OSError as error:
            if place.exists():
                raise Clash(f"there is a file with the key {key} already") from None
            raise error
        finally:
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)

    async def read(self, key: str) -> StoredFile:
        """A file as it was stored."""
        content, media_type = self._place(key) / "content", self._place(key) / "media-type"
        try:
            size, kind = await asyncio.to_thread(lambda: (content.stat().st_size, media_type.read_text()))
        except FileNotFoundError:
            raise NotFound(f"there is no file with the key {key}") from None
        return StoredFile(kind, size, _Pieces(content))

    def _place(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise Refused(f"{key!r} is no valid key of a file")
        return self._root / quote(key, safe="")


@dataclass(frozen=True, slots=True)
class _Pieces:
    path: Path

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with await asyncio.to_thread(self.path.open, "rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE):
                yield piece


def _flush(number: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(number)
