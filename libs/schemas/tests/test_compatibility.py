"""A change of an event that would break its readers is noticed."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tieout_schemas.compatibility import compatible
from tieout_schemas.generate import HERE, pages, write_files

COMMITTED = {path.stem: json.loads(path.read_text()) for path in sorted((HERE / "generated").glob("*.json"))}
BILL = COMMITTED["tieout.bill.v1"]


def test_what_is_generated_is_current(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["generate", "--check"])

    assert write_files(pages()) == 0, capsys.readouterr().err


def test_every_type_has_its_schema_and_no_schema_is_left_over() -> None:
    made = {path.stem for path in pages() if path.suffix == ".json"}

    assert made == set(COMMITTED)


@pytest.mark.parametrize("name", COMMITTED)
def test_what_is_written_now_is_read_by_readers_of_the_committed_schema(name: str) -> None:
    made = next(text for path, text in pages().items() if path.stem == name and path.suffix == ".json")

    assert compatible(COMMITTED[name], json.loads(made)) == []


def changed(change: Callable[[Any], object]) -> Any:
    schema = copy.deepcopy(BILL)
    change(schema)
    return schema


def line(schema: Any) -> Any:
    return schema["$defs"]["BillLine"]["properties"]


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        (lambda s: s["properties"].pop("number"), "number: removed"),
        (lambda s: line(s).pop("quantity"), "lines[].quantity: removed"),
        (lambda s: s["properties"]["number"].update(type="integer"), "number: type was string, is integer"),
        (lambda s: s["properties"]["due_date"].pop("format"), "due_date: format was date, is None"),
        (lambda s: line(s)["description"].update(type="null"), "lines[].description: type was string, is null"),
        (lambda s: s["$defs"]["Money"]["properties"].pop("currency"), "total: a form that no reader knows"),
        (lambda s: s["$defs"]["BillStatus"]["enum"].append("lost"), "status: enum was"),
        (lambda s: s["properties"].update(number={"anyOf": [{"type": "string"}, {"type": "null"}]}), "number: a form"),
        (lambda s: s["properties"].update(terms={"type": "string"}) or s["required"].append("terms"), "terms: newly"),
    ],
)
def test_a_breaking_change_is_named(change: Callable[[Any], object], breach: str) -> None:
    breaches = compatible(BILL, changed(change))

    assert any(said.startswith(breach) for said in breaches), breaches


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["properties"].update(terms={"type": "string", "default": ""}),
        lambda s: s["$defs"]["BillStatus"]["enum"].remove("draft"),
        lambda s: s["properties"].update(total={"$ref": "#/$defs/Money"}),
        lambda s: s["properties"]["number"].update(description="Another sentence."),
    ],
)
def test_a_change_that_readers_do_not_notice_is_let_through(change: Callable[[Any], object]) -> None:
    assert compatible(BILL, changed(change)) == []
