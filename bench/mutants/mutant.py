"""Lists the mutants of a module, and compiles them."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from bench.mutants.changes import changes

_NOT_VISITED = ("annotation", "returns", "decorator_list", "bases", "ctx", "type_comment", "format_spec")
_LONGEST = 90
_AROUND = 30


@dataclass(slots=True)
class Mutant:
    """One small change to a module. `tree[field]` or `tree[field][index]` becomes `new`."""

    module: str
    line: int
    where: str
    """The function or class that it is in; empty: the module."""
    change: str
    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST


@dataclass(slots=True)
class Source:
    """A module's text as a tree, which each mutant changes and leaves as it was."""

    name: str
    path: str
    tree: ast.Module

    @classmethod
    def of(cls, module: ModuleType) -> "Source":
        """The source of an imported module."""
        path = inspect.getfile(module)
        return cls(module.__name__, path, ast.parse(Path(path).read_text(), path))

    def original(self) -> CodeType:
        """The code as it is imported."""
        return compile(self.tree, self.path, "exec", dont_inherit=True)

    def compiled(self, mutant: Mutant) -> CodeType:
        """The changed code."""
        old = getattr(mutant.parent, mutant.field)
        if mutant.index is None:
            new: Any = mutant.new
        else:
            new = [*old[: mutant.index], mutant.new, *old[mutant.index + 1 :]]
        setattr(mutant.parent, mutant.field, new)
        try:
            return compile(ast.fix_missing_locations(self.tree), self.path, "exec", dont_inherit=True)
        finally:
            setattr(mutant.parent, mutant.field, old)

    def mutants(self, module: ModuleType) -> list[Mutant]:
        """Every mutant, in the order of the text."""
        found = list(_within(self.tree, self.name, vars(module), ""))
        return sorted(found, key=lambda mutant: mutant.line)


def _within(node: ast.AST, module: str, names: dict[str, Any], where: str) -> Iterator[Mutant]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}".strip(".")
    for field, value in ast.iter_fields(node):
        if field in _NOT_VISITED:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _is_for_readers(node, child):
                continue
            yield from _of(node, field, index, child, module, names, where)
            if not isinstance(child, ast.JoinedStr):
                yield from _within(child, module, names, where)
            else:
                for part in child.values:
                    if isinstance(part, ast.FormattedValue):
                        yield from _within(part, module, names, where)


def _of(
    parent: ast.AST, field: str, index: int | None, node: ast.AST, module: str, names: dict[str, Any], where: str
) -> Iterator[Mutant]:
    for new in changes(node, names):
        swapped = isinstance(node, ast.Tuple) and isinstance(new, ast.Tuple) and len(new.elts) == len(node.elts)
        if isinstance(parent, ast.Compare) and swapped:
            continue  # `x in (a, b)` is `x in (b, a)`.
        if ast.dump(new) == ast.dump(node):
            continue  # Two equal elements or arguments have changed places.
        ast.copy_location(new, node)
        change = " -> ".join(_where_they_differ(_shown(node), _shown(new)))
        yield Mutant(module, getattr(node, "lineno", 0), where, change, parent, field, index, new)


def _is_for_readers(parent: ast.AST, node: ast.AST) -> bool:
    """Whether a node is an import, an assert, a docstring, a type, or what states that something cannot
    be otherwise."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(parent, ast.keyword) and parent.arg == "strict":
        return True
    if isinstance(parent, ast.Subscript) and isinstance(node, ast.Tuple):
        return True
    if isinstance(node, ast.Assign):
        target = ast.unparse(node.targets[0])
        value = ast.unparse(node.value)
        return target == "__slots__" or value.startswith(("TypeVar(", "Callable[", "tuple[", "dict[", "Annotated["))
    return False


def _shown(node: ast.AST) -> str:
    match node:
        case ast.If():
            text = f"if {ast.unparse(node.test)}"
        case ast.comprehension():
            text = ast.unparse(node).strip()
        case _:
            text = ast.unparse(node)
    return " ".join(text.split())


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Both texts; of long ones only the part in which they differ, and a little around it."""
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    start = _equal(before, after)
    end = _equal(before[start:][::-1], after[start:][::-1])

    def part(text: str) -> str:
        first, last = max(0, start - _AROUND), len(text) - max(0, end - _AROUND)
        return ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")

    return part(before), part(after)


def _equal(before: str, after: str) -> int:
    """How many characters are equal at the beginning."""
    return next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))
    )
