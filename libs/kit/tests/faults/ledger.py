"""The account of a fire, by ids: nothing lost, nothing applied twice, nothing said out of order."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from tieout_kit.kafka.dead_letters import ORIGIN
from tieout_schemas.envelope import PREFIX, Envelope
from tieout_schemas.topics import CONTACTS_TOPIC, PROBLEM, WRITE, Topic
from tieout_testing.kafka import heard

from .compacted import FILLER
from .kind import REPLAY
from .sides import each_value_is_accounted_for, each_write_is_noted_once, one_is_in_flight, sides_agree
from .world import LETTERS, World

REPLAY_ID = f"{PREFIX}replayid"
Key = tuple[UUID, str]
"""Tenant and record."""


@dataclass(frozen=True)
class Account:
    """What there was; that it adds up was asserted."""

    fed: int
    """Events said on Kafka; each was applied exactly once."""
    asked: int
    """Requests; each that was answered `done` was applied exactly once, the others at most once."""
    writes: int
    """Writes that Xero took; each is noted once."""
    states: int
    """States that people were in; each was said."""
    said: int
    """Events on Kafka, repeats included."""
    repeats: int
    """Events said again, with the same id and in order."""
    lost: int
    """None: it was asserted."""
    doubled: int
    """None: it was asserted."""


async def account(world: World) -> Account:
    """Compare what went in with what is stored, and what is stored with what was said."""
    lost, doubled = await applied_once(world)
    stored = {(r["tenant_id"], str(r["id"])): r for r in await world.rows("select * from record")}
    states = await world.rows("select tenant_id, id, sequence, doc from change order by sequence")
    said = await said_on(world, CONTACTS_TOPIC)
    in_order(said)
    last_is_stored(said, {key: (row["sequence"], row["doc"]) for key, row in stored.items()})
    kept: dict[Key, list[int]] = defaultdict(list)
    for state in states:
        kept[state["tenant_id"], str(state["id"])].append(state["sequence"])
    assert {key: sorted(set(sequences(found))) for key, found in said.items()} == kept, "a state was never said"
    none_twice_in_a_row(states)
    problems = await said_on(world, PROBLEM)
    in_order(problems)
    rows = await world.rows("select tenant_id, id, sequence, doc from problem")
    last_is_stored(problems, {(r["tenant_id"], str(r["id"])): (r["sequence"], r["doc"]) for r in rows})
    await only_poison_was_put_aside(world)
    await each_letter_returned_once(world)
    await asked_again_word_for_word(world)
    await sides_agree(world)
    await each_value_is_accounted_for(world)
    await one_is_in_flight(world)
    writes = await each_write_is_noted_once(world)
    total = sum(len(found) for found in said.values())
    heard_of = sum(answer != "unheard" for answer in world.asked.values())
    return Account(len(world.fed), heard_of, writes, len(states), total, total - len(states), lost, doubled)


async def applied_once(world: World) -> tuple[int, int]:
    """How many changes were lost, how many doubled: none of either, that is asserted."""
    rows = await world.rows("select tenant_id, change_id from applied order by turn")
    times = Counter(row["change_id"] for row in rows)
    doubled = {change_id for change_id, count in times.items() if count > 1}
    assert not doubled, f"doubled: {[await _way_of(world, change_id) for change_id in sorted(doubled)]}"
    must = world.fed.keys() | {change_id for change_id, answer in world.asked.items() if answer == "done"}
    lost = must - times.keys()
    assert not lost, f"lost: {lost}"
    invented = times.keys() - world.fed.keys() - world.asked.keys()
    assert not invented, f"never asked for: {invented}"
    for tenant in world.tenants:
        # Letters return when they return; all else in the order it was said in.
        ids = [row["change_id"] for row in rows if row["tenant_id"] == tenant and row["change_id"] not in world.poison]
        turns = [world.fed[change_id] for change_id in ids if change_id in world.fed]
        assert turns == sorted(turns), f"{tenant} was handled out of order: {turns}"
    refused = {change_id for change_id, answer in world.asked.items() if answer == "refused"} & times.keys()
    assert not refused, f"refused, and done after all: {refused}"
    return len(lost), len(doubled)


async def _way_of(world: World, change_id: str) -> str:
    """Each time an event was put aside, and each return of it."""
    letters, returns = await _by_event(world, LETTERS, ORIGIN), await _by_event(world, REPLAY, REPLAY_ID)
    return f"{change_id} put aside {letters[change_id]}, returned {returns[change_id]}"


async def _by_event(world: World, topic: Topic, header: str) -> dict[str, list[tuple[str, ...]]]:
    """What each event bore in a header each time it was said on a topic; more than one value if it came again."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for record in await heard(world.bootstrap, world.say.prefix + topic.name):
        values = tuple(value.decode() for name, value in record.headers if name == header and value)
        found[Envelope.from_headers(record.headers).id].append(values)
    return found


async def each_letter_returned_once(world: World) -> None:
    """As often as an event was put aside it may return, and no more; a relay may repeat a return, with the same id.

    Seen to fail when half of the letters stayed where they were after their return."""
    rows = await world.rows("select headers from dead_letter")
    aside = Counter(dict(orjson.loads(row["headers"]))["ce_id"] for row in rows)
    returns = await _by_event(world, REPLAY, REPLAY_ID)
    more = {change_id: found for change_id, found in returns.items() if len(set(found)) > aside[change_id]}
    assert not more, f"returned more often than put aside: {more}"


async def only_poison_was_put_aside(world: World) -> None:
    letters = await heard(world.bootstrap, world.say.prefix + LETTERS.name)
    ids = {Envelope.from_headers(letter.headers).id for letter in letters}
    assert ids <= world.poison, (
        f"something was put aside: {[dict(one.headers).get('tieout_reason') for one in letters]}"
    )


async def asked_again_word_for_word(world: World) -> None:
    """An intent is emitted again as it was."""
    values: dict[tuple[UUID, str], list[bytes]] = defaultdict(list)
    for record in await heard(world.bootstrap, world.say.prefix + WRITE.name):
        envelope = Envelope.from_headers(record.headers)
        values[envelope.owner, envelope.subject].append(record.value)
    other = [key for key, found in values.items() if len(set(found)) > 1]
    assert not other, f"another intent under the same id: {other}"
    swallowed = {(row["tenant_id"], row["intent_id"]) for row in await world.rows("select * from swallowed")}
    once = [key for key in swallowed if len(values[key]) < 2]
    assert not once, f"answered, though never emitted again: {once}"


def none_twice_in_a_row(states: Sequence[Any]) -> None:
    """Each state that was published differs from the one before in what others see."""
    before: dict[Key, Any] = {}
    for state in states:
        key, doc = (state["tenant_id"], str(state["id"])), orjson.loads(state["doc"])
        doc["origin"], doc["sync"]["based_on_sequence"] = None, None
        assert before.get(key) != doc, f"{key} was published twice in a row: {doc}"
        before[key] = doc


Said = dict[Key, list[tuple[Envelope, bytes]]]


async def said_on(world: World, topic: Topic) -> Said:
    said: Said = defaultdict(list)
    for record in await heard(world.bootstrap, world.say.prefix + topic.name):
        if record.key == FILLER:
            continue
        envelope = Envelope.from_headers(record.headers)
        said[envelope.owner, envelope.subject].append((envelope, record.value))
    return said


def sequences(found: list[tuple[Envelope, bytes]]) -> list[int]:
    return [envelope.sequence for envelope, _ in found]


def in_order(said: Said) -> None:
    for key, found in said.items():
        newest = 0
        ids: dict[int, str] = {}
        for envelope, _ in found:
            if envelope.sequence not in ids:
                assert envelope.sequence > newest, f"{key} went back: {sequences(found)}"
                newest = envelope.sequence
            first = ids.setdefault(envelope.sequence, envelope.id)
            assert first == envelope.id, f"{key} said {envelope.sequence} twice: {first}, {envelope.id}"


def last_is_stored(said: Said, stored: dict[Key, tuple[int, Any]]) -> None:
    last = {key: (found[-1][0].sequence, _public(orjson.loads(found[-1][1]))) for key, found in said.items()}
    wanted = {key: (sequence, _public(orjson.loads(doc))) for key, (sequence, doc) in stored.items()}
    wrong = {key: (last.get(key), kept) for key, kept in wanted.items() if last.get(key) != kept}
    assert not wrong, f"the last said is not what is stored: {list(wrong.items())[:3]}"
    assert last.keys() == wanted.keys()


def _public(doc: Any) -> Any:
    """Without the snapshot that a state is based on: a newer one that changes nothing is stored, not published."""
    if "sync" in doc:
        doc["sync"]["based_on_sequence"] = None
    return doc
