"""A snapshot that is parsed late, and what a record computes once: marks, JSON, whether it is gone."""

from dataclasses import replace
from typing import Any

import pytest

from tieout_kit.sync.field import Field
from tieout_kit.sync.values import NEVER, UNKNOWN, mark
from tieout_kit.sync.work import Seen, Work

from .build import X2, contact, linked, seen, unlinked
from .desks import BARE
from .names import TENANT
from .records import SeenContact

THERE = seen(100, name="n", gone=True)
JSON = THERE.snapshot.model_dump_json()


def stored(sequence: int = 100, text: str = JSON) -> Seen[SeenContact]:
    return Seen.stored(sequence, text, SeenContact)


def test_a_stored_snapshot_is_what_was_stored() -> None:
    there = stored()

    assert (there.text, there.sequence, there.snapshot) == (JSON.encode(), 100, THERE.snapshot)
    assert there.snapshot is there.snapshot


def test_a_stored_snapshot_is_not_parsed_before_it_is_needed() -> None:
    there = stored(text="no JSON")

    assert there.text == b"no JSON"
    with pytest.raises(ValueError, match="JSON"):
        _ = there.snapshot


def test_the_text_is_the_callers_or_is_made_once() -> None:
    assert Seen(1, THERE.snapshot, b"as it came").text == b"as it came"
    there = Seen(1, THERE.snapshot)
    assert there.text == JSON.encode()
    assert there.text is there.text


@pytest.mark.parametrize(("other", "same"), [
    (stored(), True), (Seen(100, THERE.snapshot, b"other text"), True), (stored(101), False),
    (Seen(100, THERE.snapshot.replace(name="m")), False), (THERE.snapshot, False), (None, False), (100, False),
])  # fmt: skip
def test_two_are_the_same_if_sequence_and_snapshot_are(other: object, same: bool) -> None:
    assert (other == THERE) is same
    if same:
        assert hash(THERE) == hash(other)


def test_it_is_shown_as_it_is_made() -> None:
    assert repr(THERE) == f"Seen(100, {THERE.snapshot!r})"


def counting(work: Work[Any, Any]) -> list[str]:
    """The names of the fields whose marks and values are computed from now on, in order."""
    computed: list[str] = []

    def theirs(snapshot: Any, _: Any) -> Any:
        computed.append("theirs")
        return UNKNOWN if snapshot.name == "unknown" else snapshot.name

    def counts(value: Any) -> Any:
        computed.append(f"mark {value}")
        return value

    work.kind = replace(BARE, fields=(Field(name="name", theirs=theirs, counts=counts),))
    return computed


def test_the_mark_of_a_value_is_computed_once() -> None:
    work = unlinked(contact(name="a"))
    computed = counting(work)

    assert (work.mark("name"), work.mark("name"), computed) == (mark("a"), mark("a"), ["mark a"])
    work.record = work.record.replace(name="b")
    assert (work.mark("name"), computed) == (mark("b"), ["mark a", "mark b"])


def test_xeros_value_is_computed_once_for_each_snapshot_and_its_mark_is_ours_once_taken() -> None:
    work = unlinked(contact(name="a"))
    computed = counting(work)
    [each] = work.kind.fields
    first, second = seen(name="b").snapshot, seen(name="unknown").snapshot

    assert work.shown(each, first) == work.shown(each, first) == ("b", mark("b"))
    assert computed == ["theirs", "mark b"]
    work.record = work.record.replace(name="b")
    work.took("name")
    assert (work.mark("name"), computed) == (mark("b"), ["theirs", "mark b"])
    assert work.shown(each, second) == (UNKNOWN, NEVER)
    assert computed == ["theirs", "mark b", "theirs"]


def test_what_was_not_shown_is_not_taken() -> None:
    work = unlinked(contact(name="a"))
    computed = counting(work)
    work.took("name")

    assert (work.mark("name"), computed) == (mark("a"), ["mark a"])


def test_the_record_is_written_as_json_once_and_again_after_a_change() -> None:
    work = unlinked(contact(name="a"))

    assert work.doc == work.record.model_dump_json().encode()
    assert work.doc is work.doc
    work.record = work.record.replace(name="b")
    assert work.doc == work.record.model_dump_json().encode()


def test_whether_it_is_gone_follows_the_newest_snapshot() -> None:
    work = linked(contact(), None)
    assert (work.gone, work.seen_sequence) == (False, 0)
    work.seen = seen(7, gone=True)
    assert (work.gone, work.seen_sequence) == (True, 7)
    work.seen = seen(8, gone=False)
    assert (work.gone, work.seen_sequence) == (False, 8)


def test_it_is_asked_once_per_snapshot_whether_it_is_gone() -> None:
    asked: list[Any] = []
    work = linked(contact(), seen(7, xero_id=X2, gone=True))

    def gone(there: Any) -> bool:
        asked.append(there)
        return bool(there.gone)

    work.kind = replace(BARE, gone=gone)

    assert [work.gone, work.gone] == [True, True]
    assert len(asked) == 1


def test_a_new_record_is_at_its_beginning() -> None:
    work = unlinked(contact())

    assert (work.sequence, work.stays, work.completed, work.published, work.intents) == (0, False, False, None, [])
    assert work.key == (TENANT, contact().id)
