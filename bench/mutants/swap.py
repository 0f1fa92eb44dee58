"""Puts a mutant in the place of the code: into living functions, or before the module is imported."""

import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, FunctionType
from typing import Any

Place = tuple[int, ...]
"""Where a code object is: its position among the code objects of the one around it, from the module on."""


def places(code: CodeType, at: Place = ()) -> Iterator[tuple[Place, CodeType]]:
    """The code of a module, and all code in it."""
    yield at, code
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    for n, each in enumerate(inner):
        yield from places(each, (*at, n))


def can_be_put(original: CodeType, changed: CodeType, functions: Mapping[Place, Sequence[FunctionType]]) -> bool:
    """Whether only functions differ, and living ones can take the change. What runs at import must be imported."""
    before, after = dict(places(original)), dict(places(changed))
    if before.keys() != after.keys() or any(before[at].co_freevars != after[at].co_freevars for at in functions):
        return False
    within = [at for at in before if any(at[: len(each)] == each for each in functions)]
    return all(at in within or is_same(before[at], after[at]) for at in before)


def is_same(one: CodeType, other: CodeType) -> bool:
    """Whether two code objects do the same by themselves, without the code in them."""
    return _own(one) == _own(other)


def _own(code: CodeType) -> tuple[Any, ...]:
    """What a code object does by itself, without the code in it. 1 and True are not the same."""
    constants = [(type(each), repr(each)) for each in code.co_consts if not isinstance(each, CodeType)]
    return code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars


def living(original: CodeType) -> dict[Place, list[FunctionType]]:
    """The functions that were made of a module's code, by its places."""
    at = {code: place for place, code in places(original)}
    found: dict[Place, list[FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == original.co_filename:
            place = at.get(each.__code__)
            if place is not None:
                found.setdefault(place, []).append(each)
    return found


def put(changed: CodeType, functions: Mapping[Place, Sequence[FunctionType]]) -> None:
    """Give living functions the changed code."""
    after = dict(places(changed))
    for place, found in functions.items():
        for function in found:
            function.__code__ = after[place]


class _Loader(SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class Instead(MetaPathFinder):
    """Imports a module with other code."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.module, self.code = module, code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            raise ImportError(fullname)
        loader = _Loader(fullname, spec.origin)
        loader.code = self.code
        spec.loader = loader
        return spec


def import_instead(module: str, code: CodeType) -> None:
    """From now on the module is imported with this code."""
    if module in sys.modules:
        raise RuntimeError(f"{module} is imported already")
    sys.meta_path.insert(0, Instead(module, code))
