"""Settings: each declared once, with a sentence and the values it takes (MAP-5)."""

import pytest

from tieout_schemas.settings import Choices, allowed


@pytest.mark.rule("MAP-5")
@pytest.mark.parametrize("name", Choices.model_fields)
def test_every_setting_has_its_sentence_its_default_and_its_values(name: str) -> None:
    field = Choices.model_fields[name]

    assert field.description
    assert field.description.endswith(".")
    assert not field.is_required()
    assert allowed(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("outbound_payments", "true or false"),
        ("contact_name_wins", "latest, platform or xero"),
        ("invoices_arrive_as", "DRAFT or AUTHORISED"),
        ("payment_account", "a text of 1 to 10 characters, or null"),
        ("poll_every_minutes", "5 to 1440, or null"),
    ],
)
def test_the_values_a_setting_takes_are_said_in_words(name: str, words: str) -> None:
    assert allowed(name) == words
