"""Mutants: each small change is made, put in the place of the code, and the pure modules are all there."""

import ast
import tomllib
from enum import Enum
from types import ModuleType

import pytest

from bench.machine import ROOT
from bench.mutants.mutant import Source
from bench.mutants.package import packages
from bench.mutants.swap import can_be_put, living, put

KINDS = ("bills/tieout_bills/bill", "payments/tieout_payments/payment", "contacts/tieout_contacts/contact")
CONTRACT = "The pure core and the rules are pure"


class Colour(Enum):
    """Two neighbours."""

    RED = 1
    BLUE = 2


def source(text: str) -> tuple[Source, ModuleType]:
    module = ModuleType("tried")
    vars(module).update(Colour=Colour)
    exec(compile(text, "tried.py", "exec"), vars(module))
    return Source("tried", "tried.py", ast.parse(text)), module


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("a < 1", ["a < 1 -> a <= 1", "1 -> 2"]),
        ("a is not b", ["a is not b -> a is b"]),
        ("a and b", ["a and b -> a or b", "a and b -> b", "a and b -> a"]),
        ("not a", ["not a -> a"]),
        ("a + b", ["a + b -> a - b"]),
        ("a | b", ["a | b -> a", "a | b -> b"]),
        ("f(a, b)", ["f(a, b) -> f(b, a)"]),
        ("f(a=b)", ["f(a=b) -> f()"]),
        ("max(a, b)", ["max(a, b) -> min(a, b)"]),
        ("a if b else c", ["a if b else c -> c if b else a"]),
        ("{a: b}", ["{a: b} -> {}"]),
        ("a.strip()", ["a.strip() -> a"]),
        ("Colour.RED", ["Colour.RED -> Colour.BLUE"]),
        ("f'{a} b'", ["f'{a} b' -> f'{a} b~'"]),
        ("a in (b, c)", ["a in (b, c) -> a not in (b, c)", "(b, c) -> (c,)", "(b, c) -> (b,)"]),
        ("zip(a, b, strict=True)", []),
    ],
)
def test_each_change_of_an_expression(text: str, changes: list[str]) -> None:
    tried, module = source(f"def function(a, b, c, f):\n    return {text}")

    assert [mutant.change for mutant in tried.mutants(module)] == changes


def test_what_is_for_readers_is_left_alone() -> None:
    text = (
        '"""Docstring."""\nimport enum\ndef function(a: "int | None" = None) -> "str":\n    """Text."""\n    assert a\n'
    )
    tried, module = source(text)

    assert tried.mutants(module) == []


def test_a_mutant_is_put_into_the_living_function_and_leaves_the_source_as_it_was() -> None:
    tried, module = source("def larger(a, b):\n    return [each for each in a if each > b]\nkept = larger\n")
    original = tried.original()
    changed = {mutant.change: tried.compiled(mutant) for mutant in tried.mutants(module)}["each > b -> each >= b"]

    functions = living(original)
    assert can_be_put(original, changed, functions)
    put(changed, functions)

    assert module.kept([1, 2], 1) == [1, 2]
    assert tried.original() == original


def test_what_runs_at_import_is_not_put_into_functions() -> None:
    tried, module = source("LIMIT = 5\ndef limit(most=7):\n    return most\n")
    original = tried.original()

    changed = [tried.compiled(mutant) for mutant in tried.mutants(module)]

    assert len(changed) == 2
    assert not any(can_be_put(original, each, living(original)) for each in changed)


def rules_of_services() -> set[str]:
    """The modules of each kind. An edit declares an HTTP route; who has a name is looked up in the database."""
    files = [file for kind in KINDS for file in (ROOT / "services" / kind).glob("[a-z]*.py")]
    return {".".join(file.with_suffix("").parts[-3:]) for file in files if file.stem not in ("edit", "holders")}


def test_every_pure_module_is_tried() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    pure = {name for each in contracts if each["name"].startswith(CONTRACT) for name in each["source_modules"]}
    sync = {f"tieout_kit.sync.{file.stem}" for file in (ROOT / "libs/kit/tieout_kit/sync").glob("[a-z]*.py")}
    # Types only.
    listed = {name for name in pure if "*" not in name} - {"tieout_kit.sync"}
    wanted = listed | rules_of_services() | sync - {"tieout_kit.sync.answers"}

    assert wanted <= {module for package in packages() for module in package.modules}
