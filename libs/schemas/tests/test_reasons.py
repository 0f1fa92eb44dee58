"""Reasons: a code that stays, and a sentence that can be said with what its rule knows."""

import string
from uuid import UUID

import pytest

from tieout_schemas.platform import Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record


@pytest.mark.parametrize("reason", Reason)
def test_a_code_leads_back_to_its_reason(reason: Reason) -> None:
    assert Reason.of(reason.code) is reason


@pytest.mark.parametrize("reason", Reason)
def test_a_sentence_says_all_of_its_parameters(reason: Reason) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(reason.value.sentence) if name}

    sentence = reason.sentence({name: f"<{name}> {{odd}}" for name in names})

    assert all(f"<{name}> {{odd}}" in sentence for name in names)
    assert reason.value.how_to_fix.endswith(".")


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Reason.of("no_such_reason")


def test_what_waits_for_one_thing_has_one_cause_whatever_else_its_sentence_says() -> None:
    vendor, other = (record(Vendor, UUID(int=number)) for number in (1, 2))
    causes = {Reason.VENDOR_NOT_IN_XERO.cause({"number": f"B-{n}", "vendor_id": "v"}, vendor) for n in range(40)}

    assert causes == {f"vendor_not_in_xero:vendor:{UUID(int=1)}"}
    assert Reason.VENDOR_NOT_IN_XERO.cause({"number": "B-1", "vendor_id": "v"}, other) not in causes


def test_what_waits_for_nothing_is_grouped_by_what_caused_it() -> None:
    causes = [Reason.REFUSED_BY_XERO.cause({"kind": kind, "messages": "No."}) for kind in ("bill", "payment")]

    assert causes == ["refused_by_xero:No."] * 2


@pytest.mark.parametrize("reason", Reason)
def test_a_cause_is_named_by_parameters_that_the_sentence_has(reason: Reason) -> None:
    assert all(f"{{{name}}}" in reason.value.sentence for name in reason.value.cause)
