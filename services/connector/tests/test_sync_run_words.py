"""What an import or a sync says at its end (SYS-4)."""

import pytest

from tieout_connector.inbound.sync_run_words import CANCELLED, next_steps, summary
from tieout_schemas.runs import ResourceRead, RunKind

pytestmark = pytest.mark.rule("SYS-4")
CONTACTS = ResourceRead(resource="Contacts", read=12, changed=3)
NOTHING = ResourceRead(resource="TaxRates", read=0, changed=0)
REFUSED = ResourceRead(resource="BankTransfers", read=0, changed=0, failed="Xero does not permit it.")
LEFT = ResourceRead(resource="Invoices", read=7, changed=0, failed=CANCELLED)
PROBLEMS = "Look at the problems in a few minutes: a record that waits or stays in Xero says why there."
RIGHT = "Have this put right: bank transfers were not all read: Xero does not permit it."


def test_an_import_says_what_came_and_that_only_what_is_unpaid_did() -> None:
    lists = (CONTACTS, NOTHING)

    assert summary(RunKind.IMPORT, lists, cancelled=False) == (
        "The import has ended. Contacts: 12 read, 3 new or changed."
    )
    assert next_steps(RunKind.IMPORT, lists, cancelled=False) == (
        PROBLEMS,
        "Only what is unpaid was imported. A historical import brings older bills and payments.",
    )


def test_what_failed_comes_first_and_names_its_reason() -> None:
    said = summary(RunKind.IMPORT, (REFUSED,), cancelled=False)

    assert said.endswith("Bank transfers: 0 read, 0 new or changed. Not all were read: Xero does not permit it.")
    assert next_steps(RunKind.IMPORT, (REFUSED,), cancelled=False)[0] == RIGHT
    assert next_steps(RunKind.REQUESTED, (REFUSED, CONTACTS), cancelled=False) == (RIGHT,)


def test_a_cancelled_import_says_how_the_rest_comes() -> None:
    said = summary(RunKind.IMPORT, (LEFT,), cancelled=True)

    assert said == (
        "The import was cancelled. Invoices: 7 read, 0 new or changed. "
        "Not all were read: it was cancelled before it was read."
    )
    assert next_steps(RunKind.IMPORT, (LEFT, CONTACTS), cancelled=True) == (
        "What came stays, and what changes in Xero now comes as usual. A historical import brings the rest.",
        PROBLEMS,
    )


def test_a_sync_that_a_person_asked_for_is_called_one() -> None:
    assert summary(RunKind.REQUESTED, (), cancelled=False) == "The sync has ended."
    assert summary(RunKind.REQUESTED, (), cancelled=True) == "The sync was cancelled."
    assert next_steps(RunKind.REQUESTED, (CONTACTS,), cancelled=False) == ()
