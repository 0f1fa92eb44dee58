"""A changed copy of a value is checked: model_copy(update=…) takes any name and any type, replace() does not."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = [file for folder in ("libs", "services", "deploy", "bench", "tests") for file in (ROOT / folder).rglob("*.py")]


def test_no_module_copies_a_value_unchecked() -> None:
    found = [f"{file.relative_to(ROOT)}:{call.lineno}" for file in OURS for call in _unchecked(file.read_text())]

    assert len(OURS) > 500
    assert found == []


def test_a_copy_of_any_values_would_be_found() -> None:
    assert len(_unchecked('bill.model_copy(update={"nmae": 1})\nbill.model_copy()\nbill.replace(name="")')) == 1


def _unchecked(text: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "model_copy"
        and (node.args or node.keywords)
    ]
