"""One odd record in an answer hides no other record, and stops no look-up and no fresh read."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from tieout_connector.xero.errors import OutcomeUnknown
from tieout_connector.xero.models import Json
from tieout_schemas.writes import WriteIntent

from .changing import CHANGES, Change, leaver, removal
from .making import MAKING
from .odd_rows import spoiled, with_odd_rows
from .writing import KINDS, Writing, intent, kind_of

pytestmark = pytest.mark.field("F09")
BY_ABSENCE = (removal, leaver)
"""These are done once a row is gone."""
SHOWN = [change for change in CHANGES if change not in BY_ABSENCE]


def ids(wanted: list[WriteIntent], found: Mapping[str, Json]) -> dict[str, UUID | None]:
    """By intent id, the id of the record that was found for it."""
    known = {each.intent_id: each for each in wanted}
    return {key: kind_of(known[key]).xero_id(row, known[key]) for key, row in found.items()}


async def lose_the_answer(writing: Writing, wanted: list[WriteIntent], now: Mapping[str, Json]) -> None:
    await writing.xero.control.add_fault("lost", times=1)
    with pytest.raises(OutcomeUnknown):
        await writing.send(*wanted, now=now)


@pytest.mark.parametrize("name", MAKING)
async def test_what_was_made_is_found_among_odd_records_and_none_of_them_is_taken_for_it(
    writing: Writing, name: str
) -> None:
    wanted, kind = [intent(body) for body in await MAKING[name].two(writing)], KINDS[name]
    since, reads = await writing.xero.control.now(), await writing.ask(kind.pre_reads(wanted))
    before, amid_odd = kind.current_state(reads, wanted), kind.current_state(with_odd_rows(reads), wanted)
    await lose_the_answer(writing, wanted, before)

    contents = await writing.ask(kind.lookup_requests(wanted, since))
    found = kind.match_results(wanted, with_odd_rows(contents), amid_odd, since)

    assert set(found) == {each.intent_id for each in wanted}
    assert ids(wanted, found) == ids(wanted, kind.match_results(wanted, contents, before, since))
    assert {*kind.listed_ids(contents)} <= {*kind.listed_ids(with_odd_rows(contents))}
    assert (
        kind.doubts(wanted, with_odd_rows(contents), {}, since).keys()
        == kind.doubts(wanted, contents, {}, since).keys()
    )


@pytest.mark.parametrize("change", SHOWN, ids=lambda change: change.__name__)
async def test_a_record_is_read_and_its_change_is_found_among_odd_records(writing: Writing, change: Change) -> None:
    wanted = await change(writing)
    kind, since = kind_of(wanted), await writing.xero.control.now()

    reads = await writing.ask(kind.pre_reads([wanted]))
    now = kind.current_state(with_odd_rows(reads), [wanted])
    await lose_the_answer(writing, [wanted], now)
    contents = with_odd_rows(await writing.ask(kind.lookup_requests([wanted], since)))

    assert ids([wanted], now) == ids([wanted], kind.current_state(reads, [wanted]))
    assert list(kind.match_results([wanted], contents, {}, since)) == [wanted.intent_id]


@pytest.mark.parametrize("change", BY_ABSENCE, ids=lambda change: change.__name__)
async def test_a_row_whose_id_cannot_be_read_may_be_the_one_that_must_be_gone(writing: Writing, change: Change) -> None:
    wanted = await change(writing)
    kind, since = kind_of(wanted), await writing.xero.control.now()
    await writing.send(wanted)

    contents = await writing.ask(kind.lookup_requests([wanted], since))

    assert list(kind.match_results([wanted], contents, {}, since)) == [wanted.intent_id]
    assert not kind.match_results([wanted], with_odd_rows(contents), {}, since)


@pytest.mark.parametrize("change", SHOWN, ids=lambda change: change.__name__)
async def test_an_odd_field_does_not_make_a_change_look_done(writing: Writing, change: Change) -> None:
    wanted = await change(writing)
    kind, shown = kind_of(wanted), (await writing.now(wanted))[wanted.intent_id]

    for odd in spoiled(shown):
        assert not kind.already_done(wanted, odd), odd
