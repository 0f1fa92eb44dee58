"""Reasons: a code that stays, and a sentence that can be said with what its rule knows."""

import string

import pytest

from tieout_schemas.reasons import Reason


@pytest.mark.parametrize("reason", Reason)
def test_a_code_leads_back_to_its_reason(reason: Reason) -> None:
    assert Reason.of(reason.code) is reason


@pytest.mark.parametrize("reason", Reason)
def test_a_sentence_says_all_of_its_parameters(reason: Reason) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(reason.value.sentence) if name}

    sentence = reason.sentence({name: f"<{name}> {{odd}}" for name in names})

    assert all(f"<{name}> {{odd}}" in sentence for name in names)
    assert reason.value.mend.endswith(".")


def test_an_unknown_code_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Reason.of("no_such_reason")


def test_forty_bills_held_by_one_vendor_have_one_cause() -> None:
    causes = {Reason.VENDOR_NOT_IN_XERO.cause({"number": f"B-{n}", "vendor_id": "v"}) for n in range(40)}

    assert causes == {"vendor_not_in_xero:v"}
