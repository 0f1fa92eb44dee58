"""Both sides at the end of a run: equal field by field, and every value that was typed is accounted for."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from .kind import FIELDS, PERSON, as_xero_keeps, belongs_by
from .world import World

Place = tuple[UUID, UUID, str]
"""Tenant, person and field."""


async def sides_agree(world: World) -> None:
    """Each field is the same here and in Xero, and each person is in the group or not, as they should be."""
    rows = await world.rows(
        "select r.tenant_id, r.id, r.doc, b.name, b.email, b.phone, b.member, r.state from record r"
        " full join book b on b.tenant_id = r.tenant_id and b.xero_id = r.xero_id"
    )
    for row in rows:
        assert row["doc"], "a contact of Xero is nobody's"
        ours, where = orjson.loads(row["doc"]), f"{row['tenant_id']} {row['id']}"
        assert ours["sync"]["state"] == "in_step", f"{where}: {ours['sync']}"
        differing = {n: (ours[n], row[n]) for n in FIELDS if as_xero_keeps(n, ours[n]) != row[n] and ours[n] != row[n]}
        assert not differing, f"{where} is in step, and differs: {differing}"
        assert row["member"] == belongs_by(ours["email"]), f"{where} is in the group: {row['member']}"


async def each_value_is_accounted_for(world: World) -> None:
    """A value that is not there at the end was typed over by somebody who saw it, or is on record as a loser.

    Seen to fail when a base remembered what was sent instead of what was shown: somebody's later change was lost.
    """
    people = {(r["tenant_id"], r["xero_id"]): r["id"] for r in await world.rows("select * from record")}
    parents: dict[Place, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in await world.rows("select * from applied"):
        person = people.get((row["tenant_id"], row["id"]), row["id"])
        parents[row["tenant_id"], person, row["field"]][_plain(row["value"])].add(_plain(row["parent"]))
    kept = await _kept(world)
    for place, typed in parents.items():
        known, new = set[str](), set(kept[place])
        while new:
            known |= new
            new = {parent for value in new for parent in typed.get(value, ())} - known
        lost = typed.keys() - known
        assert not lost, f"{place}: {lost} vanished; kept: {kept[place]}; typed: { {v: typed[v] for v in typed} }"


async def _kept(world: World) -> Mapping[Place, set[str]]:
    """What is there at the end, and what is on record as a loser."""
    kept: dict[Place, set[str]] = defaultdict(set)
    for row in await world.rows("select tenant_id, id, doc, state from record"):
        doc, state = orjson.loads(row["doc"]), orjson.loads(row["state"])
        for name in FIELDS:
            kept[row["tenant_id"], row["id"], name].add(_plain(doc[name]))
        for one in state.get("lost", ()):
            kept[row["tenant_id"], row["id"], one["field"]].add(_plain(one["value"]))
    for row in await world.rows("select tenant_id, id, lost from change where lost is not null"):
        for one in orjson.loads(row["lost"]):
            kept[row["tenant_id"], row["id"], one["field"]].add(_plain(one["value"]))
    return kept


def _plain(value: str) -> str:
    """One value has one spelling: that of Xero's phones."""
    return value.upper()


async def one_is_in_flight(world: World) -> None:
    """The next intent of an effect is published only once the one before was answered."""
    answered = {(r["tenant_id"], r["intent_id"]): r["turn"] for r in await world.rows("select * from answered")}
    before: dict[Any, Any] = {}
    for row in await world.rows("select * from flown order by turn"):
        effect, intent = (row["tenant_id"], row["record_id"], row["effect"]), (row["tenant_id"], row["intent_id"])
        if earlier := before.get(effect):
            assert earlier in answered, f"{earlier} was never answered, and {intent} left"
            assert answered[earlier] < row["turn"], f"{intent} left while {earlier} was under way"
        before[effect] = intent


async def each_write_is_noted_once(world: World) -> int:
    """Every write that Xero accepted adds one note. Returns their number."""
    taken, noted = Counter[Any](), Counter[Any]()
    for row in await world.rows("select * from answered where result->>'outcome' = 'done'"):
        kind, _, revision = row["effect"].partition(":")
        if kind == PERSON.name:
            taken[row["tenant_id"], row["record_id"], row["revision"]] += 1
        elif kind == "note":
            noted[row["tenant_id"], row["record_id"], int(revision)] += 1
    assert taken == noted, f"without a note: {taken - noted}; noted too often: {noted - taken}"
    assert set(taken.values()) <= {1}
    return taken.total()
