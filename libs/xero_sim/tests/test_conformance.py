"""Every behaviour of docs/xero-behaviours.md is carried by a test."""

import ast
from pathlib import Path

BEHAVIOURS = range(1, 92)


def marked(source: str) -> set[int]:
    """The numbers in the `conformance` marks of the tests of a file."""
    return {
        mark.args[0].value
        for test in ast.walk(ast.parse(source))
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test_")
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.conformance")
        if isinstance(mark.args[0], ast.Constant) and isinstance(mark.args[0].value, int)
    }


def test_every_behaviour_is_carried_by_a_test() -> None:
    files = Path(__file__).parent.rglob("test_*.py")
    carried = set().union(*(marked(file.read_text()) for file in files))

    assert carried == set(BEHAVIOURS)
