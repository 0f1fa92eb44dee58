"""docs/rules-tests.md is made from the marks of the tests, and a mark with an unknown id fails."""

import pytest

from tieout_local.rules_tests import (
    EVERY_TEST,
    NOT_YET,
    ROOT,
    SUBJECTS,
    Marked,
    Subject,
    UnknownId,
    all_marks,
    ids_listed,
    marks_of,
    page,
    text,
)

IDS = {"rule": ["BILL-1", "BILL-2"], "field": ["F01"], "conformance": ["1"]}

SOURCE = """
pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1", "SYS-2")]

@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.field("F01"))])
async def test_one(x): ...

class TestMany:
    @pytest.mark.conformance(12)
    def test_two(self): ...
"""


def test_marks_are_found_on_tests_parameters_classes_and_files() -> None:
    found = [(mark.mark, mark.id, mark.test) for mark in marks_of(SOURCE, "test_x.py")]

    assert found == [
        ("rule", "SYS-1", EVERY_TEST),
        ("rule", "SYS-2", EVERY_TEST),
        ("rule", "BILL-1", "test_one"),
        ("field", "F01", "test_one"),
        ("conformance", "12", "TestMany.test_two"),
    ]


def test_a_rule_without_a_test_is_shown_as_not_yet() -> None:
    made = page(IDS, [Marked("rule", "BILL-1", "a/test_x.py", "test_one", 1)])

    assert "| BILL-1 | [a/test_x.py](../a/test_x.py) | [test_one](../a/test_x.py) |" in made
    assert f"| BILL-2 | {NOT_YET} | |" in made


def test_a_mark_with_an_unknown_id_fails_and_names_the_test() -> None:
    with pytest.raises(UnknownId, match=r"a/test_x\.py:7 marks test_one with rule BILL-99"):
        page(IDS, [Marked("rule", "BILL-99", "a/test_x.py", "test_one", 7)])


@pytest.mark.parametrize(("subject", "expected"), list(zip(SUBJECTS, (90, 30, 91), strict=True)))
def test_every_id_is_read_from_its_page(subject: Subject, expected: int) -> None:
    assert len(ids_listed((ROOT / "docs" / subject.source).read_text())) == expected


def test_all_marks_of_the_repository_have_known_ids() -> None:
    assert len(all_marks(ROOT)) > 500
    assert "## Sync rules" in text()
