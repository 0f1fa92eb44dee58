"""The account itself: of every kind it sees what is not done, what is done twice, and what has no result."""

from typing import get_args
from uuid import uuid4

import pytest

from tieout_schemas.writes import WriteIntent

from .gateway_process import GatewayProcess
from .kinds import KINDS
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

TWICE = {"bill create", "credit create", "payment", "receipt", "allocation", "transfer", "attachment", "note"}
"""What Xero does again when it is called again. It refuses the others, or they change nothing more."""


@pytest.mark.timeout(60)
async def test_every_kind_of_intent_is_missed_until_it_is_done_and_seen_when_it_is_done_twice(
    world: World, place: GatewayProcess
) -> None:
    every = get_args(WriteIntent.model_fields["body"].annotation)
    await world.dose(list(KINDS))
    missed = await world.found()
    await world.finish(place)
    once = await world.account()

    again = [wanted.intent for kind, wanted in world.wanted if kind in TWICE]
    await world.harness.deliver(*[i.replace(record=other(i)) for i in again])
    await world.begin(place)
    await world.harness.results(len(KINDS) + len(again))
    twice = await world.found()

    assert {wanted.intent.body.kind for _, wanted in world.wanted} == {
        body.model_fields["kind"].default for body in every
    }
    assert len(missed.lost) == len(KINDS)
    assert once.intents == len(KINDS)
    assert {kind for kind in KINDS if any(each.startswith(f"{kind} ") for each in twice.doubled)} == TWICE


def other(intent: WriteIntent) -> object:
    """Another record of ours that wants the very same."""
    return intent.record.replace(id=uuid4())
