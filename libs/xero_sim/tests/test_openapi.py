"""Answers are held against Xero's OpenAPI files (conftest.py does it after each test): what that finds."""

from typing import Any

import orjson
import pytest

from xero_sim.openapi import accounting
from xero_sim.openapi.mistakes import ACCOUNTING, Mistake
from xero_sim.openapi.reading import correct, read
from xero_sim.openapi.recorder import Answered, problems

CONTACT = {"ContactID": "430fa14a-f945-44d3-9f97-5df5e28441b8", "Name": "Kauri Ltd"}


def answer(path: str, value: object, method: str = "GET", status: int = 200) -> Answered:
    return Answered(method, f"/api.xro/2.0/{path}", status, "application/json", orjson.dumps(value))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, None),
        ({"Nmae": "x"}, "'Nmae' was unexpected"),
        ({"Name": None}, "None is not of type 'string'"),
        ({"IsSupplier": "true"}, "'true' is not of type 'boolean'"),
        ({"ContactStatus": "GONE"}, "'GONE' is not one of"),
        ({"ContactID": "430fa14a"}, "is not a 'uuid'"),
        ({"UpdatedDateUTC": "2026-09-14T00:00:00"}, "does not match"),
        ({"Addresses": [{"Town": "Nelson"}]}, "'Town' was unexpected"),
    ],
)
def test_a_strange_key_a_wrong_type_or_form_is_found_at_any_depth(changes: dict[str, Any], found: str | None) -> None:
    told = problems(answer("Contacts/x", {"Contacts": [{**CONTACT, **changes}]}))

    assert (found in "\n".join(told)) if found else not told


def test_what_xero_requires_is_missed() -> None:
    history = answer("Invoices/x/History", {"HistoryRecords": [{"Changes": "Note"}]})
    refusal = answer("Invoices", {"ErrorNumber": 10, "Elements": [{"InvoiceID": "x"}]}, "PUT", 400)

    assert not problems(history)
    assert "'ValidationErrors' is a required property" in "\n".join(problems(refusal))


@pytest.mark.parametrize(
    "strange",
    [
        answer("Kontacts", {}),
        answer("Contacts", {}, "DELETE"),
        answer("Contacts", {}, status=201),
        Answered("GET", "/api.xro/2.0/Contacts", 200, "text/plain", b"Contacts"),
        Answered("DELETE", "/api.xro/2.0/ContactGroups/x/Contacts", 204, "", b"bye"),
        Answered("GET", "/somewhere", 200, "application/json", b"{}"),
    ],
    ids=str,
)
def test_an_answer_that_xero_describes_nowhere_is_found(strange: Answered) -> None:
    assert problems(strange)


def test_a_literal_part_of_a_path_wins_over_a_variable_one_and_case_does_not_count() -> None:
    found = accounting().operation("GET", "/api.xro/2.0/organisation/actions")

    assert str(found) == "GET /Organisation/Actions"
    assert str(accounting().operation("GET", "/api.xro/2.0/Invoices/1/Attachments")).endswith("}/Attachments")


def test_a_known_mistake_that_xero_has_mended_is_to_be_taken_off_the_list() -> None:
    there = "components.schemas.Contact.properties.Name"

    with pytest.raises(KeyError, match="is in the file now"):
        correct(read("xero_accounting.yaml"), [Mistake(there, {}, "", new=True)])
    with pytest.raises(KeyError, match="is right in the file now"):
        correct({"a": 1}, [Mistake("a", 1, "")])
    assert all(len(each.why) > 10 for each in ACCOUNTING)
