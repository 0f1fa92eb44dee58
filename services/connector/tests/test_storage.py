"""The contract of a storage of files, for each that there is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tieout_connector.gateway.storage import PIECE, Folder, Storage
from tieout_kit.errors import Clash, NotFound, Refused

CONTENT = b"%PDF" * PIECE
STORAGES = {"folder": Folder}


async def pieces(content: bytes = CONTENT) -> AsyncIterator[bytes]:
    yield content[:10]
    yield content[10:]


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return STORAGES[request.param](tmp_path / "files")


async def test_a_file_comes_out_as_it_went_in_piece_by_piece_and_again(storage: Storage) -> None:
    await storage.store("bills/2026/b-1.pdf", "application/pdf", pieces())

    file = await storage.read("bills/2026/b-1.pdf")
    first = [piece async for piece in file.pieces]
    again = [piece async for piece in file.pieces]

    assert (file.media_type, file.size) == ("application/pdf", len(CONTENT))
    assert b"".join(first) == b"".join(again) == CONTENT
    assert max(map(len, first)) <= PIECE


async def test_a_file_never_changes(storage: Storage) -> None:
    await storage.store("k", "application/pdf", pieces())

    with pytest.raises(Clash):
        await storage.store("k", "text/plain", pieces(b"something else"))

    file = await storage.read("k")
    assert (file.media_type, file.size) == ("application/pdf", len(CONTENT))


async def test_of_two_that_write_one_key_at_once_one_is_kept_whole(storage: Storage) -> None:
    kept = await asyncio.gather(
        *(storage.store("k", f"text/{n}", pieces(b"%d" % n * 100)) for n in range(5)), return_exceptions=True
    )

    (winner,) = [n for n, error in enumerate(kept) if error is None]
    file = await storage.read("k")
    assert file.media_type == f"text/{winner}"
    assert b"".join([piece async for piece in file.pieces]) == b"%d" % winner * 100
    assert all(isinstance(error, Clash) for error in kept if error)


async def test_a_file_that_broke_off_is_not_there(storage: Storage) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await storage.store("k", "text/plain", broken())

    with pytest.raises(NotFound):
        await storage.read("k")
    await storage.store("k", "text/plain", pieces())


@pytest.mark.parametrize("key", ["", "..", "../k", "/etc/passwd", ".hidden", "a\0b", "a b", "k" * 201, "a\n"])
async def test_no_key_leads_out_of_the_storage(storage: Storage, key: str) -> None:
    with pytest.raises(Refused):
        await storage.store(key, "text/plain", pieces())
    with pytest.raises(Refused):
        await storage.read(key)


async def test_a_key_with_dots_and_slashes_stays_inside(storage: Storage, tmp_path: Path) -> None:
    await storage.store("a/../../../k", "text/plain", pieces())

    assert await asyncio.to_thread(lambda: [path.name for path in tmp_path.iterdir()]) == ["files"]
    assert (await storage.read("a/../../../k")).size == len(CONTENT)
