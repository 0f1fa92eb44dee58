"""The parts of the proof on a cluster that need no cluster: who is killed, and calls that get through."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tieout_local.cluster import killing
from tieout_local.cluster.forwards import Forwarded, HelperKeys, InCluster
from tieout_local.cluster.killing import AT_LEAST, kill_at_random
from tieout_local.cluster.tools import CommandFailed, Release
from tieout_local.demo.platform import DemoFailed, NotThere, Platform


@dataclass(frozen=True)
class FakeRelease(Release):
    """Two pods, of which one may be gone when it is killed."""

    name: str = "tieout"
    namespace: str = "proof"
    options: Sequence[str] = ()
    gone: str = ""
    commands: list[tuple[str, ...]] = field(default_factory=list)

    async def pods(self, selector: str = "") -> list[dict[str, Any]]:
        return [
            {"metadata": {"name": f"tieout-{name}-1", "labels": {"app.kubernetes.io/component": name}}}
            for name in ("bills", "contacts")
        ]

    async def kubectl(self, *words: str) -> str:
        self.commands.append(words)
        if words[2] == self.gone:
            raise CommandFailed('Error from server (NotFound): pods "x" not found')
        return ""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(killing, "PAUSE", (0.0, 0.0))


def enough() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def test_pods_are_killed_without_grace_and_counted_by_component() -> None:
    release = FakeRelease()

    killed = await kill_at_random(release, random.Random(1), enough())

    assert killed.total() == AT_LEAST == len(release.commands)
    assert killed.keys() == {"bills", "contacts"}
    assert all({"--grace-period=0", "--force"} <= set(words) for words in release.commands)


async def test_a_pod_that_is_gone_already_does_not_count() -> None:
    release = FakeRelease(gone="tieout-bills-1")

    killed = await kill_at_random(release, random.Random(1), enough())

    assert killed == {"contacts": AT_LEAST}
    assert len(release.commands) > AT_LEAST


async def test_the_same_seed_kills_the_same_pods() -> None:
    first, second = FakeRelease(), FakeRelease()

    await kill_at_random(first, random.Random(5), enough())
    await kill_at_random(second, random.Random(5), enough())

    assert first.commands == second.commands


class Signed(HelperKeys):
    def token(self, sub: str, tenants: object) -> str:
        return "a-token"


@asynccontextmanager
async def answering(*answers: httpx.Response | Exception, repeat_for: float) -> AsyncIterator[Platform]:
    """A platform whose calls are answered with these, in order."""
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        one = left.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    installation = InCluster({"bills": Forwarded("tieout-bills", 1)}, Signed(""))
    async with Platform(installation, uuid4(), repeat_for=repeat_for) as platform:
        platform._http._transport = httpx.MockTransport(answer)
        yield platform


async def first_bill(answered: AbstractAsyncContextManager[Platform]) -> Any:
    async with answered as platform:
        return await platform.get("bills", "/bills/1")


async def test_a_call_is_repeated_while_a_pod_is_replaced() -> None:
    lost, busy, there = httpx.ReadError("reset"), httpx.Response(503), httpx.Response(200, json={"id": "1"})

    assert await first_bill(answering(lost, busy, there, repeat_for=30)) == {"id": "1"}


async def test_a_call_is_not_repeated_for_longer_than_was_asked() -> None:
    with pytest.raises(httpx.ReadError):
        await first_bill(answering(httpx.ReadError("reset"), repeat_for=-1))
    with pytest.raises(DemoFailed, match="503"):
        await first_bill(answering(httpx.Response(503), repeat_for=-1))


async def test_what_is_not_there_is_told_from_other_failures() -> None:
    with pytest.raises(NotThere):
        await first_bill(answering(httpx.Response(404), repeat_for=30))
