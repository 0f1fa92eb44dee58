"""Writes docs/rules-tests.md, which tests prove which rule: `python -m tieout_local.rules_tests [--check]`.

The ids come from the tables of the pages in docs/, the tests from the marks in the test files. No test is run.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout_schemas.generate import DOCS, write_files

ROOT = Path(__file__).resolve().parents[3]
PAGE = DOCS / "rules-tests.md"
TESTED_FOLDERS = ("libs", "services", "deploy", "tests", "bench")

EVERY_TEST = "every test of the file"
NOT_YET = "not yet"

INTRODUCTION = """\
# Which tests prove which rule

Made by `make rules` from the marks of the tests: `@pytest.mark.rule("BILL-3")`, `@pytest.mark.field("F20")` and
`@pytest.mark.conformance(12)`. An id without a test is shown as "not yet"."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One table of the page: a mark of tests, and the page in docs/ that lists the ids for it."""

    mark: str
    title: str
    source: str
    column: str


SUBJECTS = (
    Subject("rule", "Sync rules", "sync-rules.md", "rule"),
    Subject("field", "Field cases", "field-cases.md", "case"),
    Subject("conformance", "Behaviours of Xero in the simulator", "xero-behaviours.md", "behaviour"),
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A test, or all tests of a file, with the id that it is marked with."""

    mark: str
    id: str
    file: str
    test: str
    line: int


class UnknownId(Exception):
    """Tests are marked with ids that no page lists."""


def ids_listed(page: str) -> list[str]:
    """The first cells of a page's table rows, in order, without the header."""
    cells = re.findall(r"^\| ([A-Z]*-?\d+) \|", page, re.MULTILINE)
    assert len(set(cells)) == len(cells), "an id is listed twice"
    return cells


def marks_of(source: str, file: str) -> Iterator[Marked]:
    """The marks in a test file: decorators of tests and classes, marks of parameters, and `pytestmark`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            yield from _marks_in([node.value], file, EVERY_TEST)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _marks_in(node.decorator_list, file, node.name)
            if isinstance(node, ast.ClassDef):
                for member in node.body:
                    if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                        yield from _marks_in(member.decorator_list, file, f"{node.name}.{member.name}")


def _marks_in(trees: Sequence[ast.expr], file: str, test: str) -> Iterator[Marked]:
    for call in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        head, _, mark = ast.unparse(call.func).rpartition(".")
        if head.endswith("mark") and mark in {subject.mark for subject in SUBJECTS}:
            for argument in call.args:
                yield Marked(mark, str(ast.literal_eval(argument)), file, test, call.lineno)


def all_marks(root: Path) -> list[Marked]:
    """Every mark of every test file of the repository, in the order of files and lines."""
    files = sorted(
        file for folder in TESTED_FOLDERS for file in (root / folder).rglob("test_*.py") if ".venv" not in file.parts
    )
    return [mark for file in files for mark in marks_of(file.read_text(), file.relative_to(root).as_posix())]


def page(ids: Mapping[str, Sequence[str]], marks: Sequence[Marked]) -> str:
    """docs/rules-tests.md. `ids` lists the ids of each mark. Raises UnknownId."""
    unknown = [f"{m.file}:{m.line} marks {m.test} with {m.mark} {m.id}" for m in marks if m.id not in ids[m.mark]]
    if unknown:
        raise UnknownId("; ".join(unknown))
    tables = [line for subject in SUBJECTS for line in _table(subject, ids[subject.mark], marks)]
    return "\n".join([INTRODUCTION, *tables, ""])


def _table(subject: Subject, ids: Sequence[str], marks: Sequence[Marked]) -> Iterator[str]:
    tests: dict[str, dict[str, list[str]]] = {id_: {} for id_ in ids}
    for mark in marks:
        if mark.mark == subject.mark:
            named = tests[mark.id].setdefault(mark.file, [])
            if mark.test not in named:
                named.append(mark.test)
    proven = sum(bool(files) for files in tests.values())
    yield from ("", f"## {subject.title}", "")
    yield f"{proven} of the {len(ids)} in [{subject.source}]({subject.source}) have a test."
    yield from ("", f"| {subject.column} | file | tests |", "| --- | --- | --- |")
    for id_, files in tests.items():
        if not files:
            yield f"| {id_} | {NOT_YET} | |"
        for file, named in files.items():
            yield f"| {id_} | [{file}](../{file}) | {', '.join(_link(file, test) for test in named)} |"


def _link(file: str, test: str) -> str:
    # Without a line number: the page would be stale after every edit of a test file.
    return test if test == EVERY_TEST else f"[{test}](../{file})"


def text() -> str:
    """The page as it should be now."""
    ids = {subject.mark: ids_listed((DOCS / subject.source).read_text()) for subject in SUBJECTS}
    return page(ids, all_marks(ROOT))


def main() -> int:
    """Write the page; with --check only report whether it is stale. Returns the exit code."""
    try:
        wanted = text()
    except UnknownId as error:
        print(f"unknown ids in test marks: {error}", file=sys.stderr)
        return 1
    return write_files({PAGE: wanted})


if __name__ == "__main__":
    sys.exit(main())
