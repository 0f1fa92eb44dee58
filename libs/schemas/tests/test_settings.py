"""Settings: each declared once, with a sentence and the values it takes (MAP-5)."""

from uuid import uuid4

import pytest

from tieout_schemas.settings import Choices, TenantSettings, account_for, allowed


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
        ("payment_account", "the id or the code of an account, or null"),
        ("poll_every_minutes", "5 to 1440, or null"),
    ],
)
def test_the_values_a_setting_takes_are_said_in_words(name: str, words: str) -> None:
    assert allowed(name) == words


@pytest.mark.field("F28")
@pytest.mark.parametrize("name", [name for name in Choices.model_fields if account_for(name)])
def test_an_account_stored_by_its_code_counts_as_not_chosen(name: str) -> None:
    tenant, account = uuid4(), uuid4()

    stored = [TenantSettings.model_validate({"tenant_id": tenant, name: value}) for value in ("090", str(account))]

    assert [getattr(each, name) for each in stored] == [None, account]
