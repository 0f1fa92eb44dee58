"""An update sends what differs from what Xero shows, and nothing if nothing does."""

from typing import Any

import pytest

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_connector.xero.refusals import refusal_of
from tieout_schemas import bodies

from .changing import Change, archived_option, changed_option
from .differing import DIFFERING, FIELDS, KEYS
from .sent import element_of, shown
from .writing import KINDS, Writing, intent, kind_of


def bare(body: Any, field: str) -> Any:
    """A body that wants one field alone. An item says so with empty texts."""
    texts = ("name", "description", "purchase_description") if isinstance(body, bodies.ItemBody) else ()
    others = (other for name, other in FIELDS if name == body.kind and other != field)
    return body.replace(**{other: "" if other in texts else None for other in others})


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize("alone", [False, True], ids=["among others", "alone"])
async def test_one_field_that_differs_is_all_that_is_sent(writing: Writing, name: str, field: str, alone: bool) -> None:
    differing = await DIFFERING[name](writing)
    made = await writing.make(differing.there)
    whole = differing.there.replace(**{field: differing.others[field]})
    nothing = {} if name == "item" else dict.fromkeys(differing.others)
    wanted = intent(differing.there.replace(**nothing | {field: differing.others[field]}) if alone else whole, made)
    now = await writing.now(wanted)

    composed = KINDS[name].compose([wanted], now)
    (element,) = await writing.send(wanted, now=now)

    assert set(element_of(composed)) == {*KEYS[name], differing.names[field]}
    if KINDS[name].snapshot_kind:
        assert composed.sent == {wanted.intent_id: (field,)}
    assert not refusal_of(element)
    assert KINDS[name].already_done(intent(whole, made), (await shown(writing, whole, made)))


@pytest.mark.parametrize("name", DIFFERING)
async def test_what_does_not_differ_is_there_and_makes_no_call(writing: Writing, name: str) -> None:
    differing = await DIFFERING[name](writing)
    made = await writing.make(differing.there)

    for body in (differing.there, bare(differing.there, "")):
        assert KINDS[name].already_done(intent(body, made), await shown(writing, body, made))


@pytest.mark.parametrize(
    ("change", "sent"), [(changed_option, {"Name": "Ports"}), (archived_option, {"Status": "ARCHIVED"})]
)
async def test_of_an_option_only_what_differs_is_sent(writing: Writing, change: Change, sent: Json) -> None:
    wanted = await change(writing)

    composed = kind_of(wanted).compose([wanted], await writing.now(wanted))

    assert wire.loads(composed.body) == sent
