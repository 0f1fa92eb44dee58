"""The changes that are made to a syntax tree, one at a time."""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any

_COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_OPERATORS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_FUNCTIONS = {"max": "min", "min": "max", "any": "all", "all": "any", "sorted": "list"}
_RETURN_THE_SAME_TYPE = ("replace", "astimezone", "quantize", "strip", "lower", "upper", "startswith")
_ARGUMENTS_IN_ANY_ORDER = ("max", "min", "isinstance", "getattr", "filter", "zip")
_TRUTHS = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)


def changes(node: ast.AST, names: Mapping[str, Any]) -> Iterator[ast.AST]:
    """Each changed form of a node. `names`: what the module's names are, to find the neighbours of an enum's member."""
    make = _BY_TYPE.get(type(node))
    if make:
        yield from make(node, names)


def _compare(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    for i, operator in enumerate(node.ops):
        changed = copy.copy(node)
        changed.ops = [*node.ops[:i], _COMPARISONS[type(operator)](), *node.ops[i + 1 :]]
        yield changed


def _bool(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for i in range(len(node.values)):
        left = [*node.values[:i], *node.values[i + 1 :]]
        yield ast.BoolOp(node.op, left) if len(left) > 1 else left[0]


def _unary(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _binary(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.BitOr):
        yield from (node.left, node.right)
    elif type(node.op) in _OPERATORS:
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)


def _constant(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    match node.value:
        case bool(value):
            yield ast.Constant(not value)
        case int(value) | float(value):
            yield ast.Constant(value + 1)
        case str(value):
            yield ast.Constant(value + "~")


def _text(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    for i, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            yield ast.JoinedStr([*node.values[:i], ast.Constant(str(part.value) + "~"), *node.values[i + 1 :]])


def _dict(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    for i in range(len(node.keys)):
        yield ast.Dict([*node.keys[:i], *node.keys[i + 1 :]], [*node.values[:i], *node.values[i + 1 :]])


def _call(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in _FUNCTIONS and not (name == "sorted" and node.keywords):
        yield ast.Call(ast.Name(_FUNCTIONS[name], ast.Load()), node.args, node.keywords)
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if method in _RETURN_THE_SAME_TYPE:
        yield node.func.value
    # `strict` states what cannot be otherwise, as an assert does.
    for i in [i for i, keyword in enumerate(node.keywords) if keyword.arg != "strict"]:
        yield ast.Call(node.func, node.args, [*node.keywords[:i], *node.keywords[i + 1 :]])
    plain = name not in _ARGUMENTS_IN_ANY_ORDER and not any(isinstance(each, ast.Starred) for each in node.args)
    for i in range(len(node.args) - 1 if plain else 0):
        args = list(node.args)
        args[i], args[i + 1] = args[i + 1], args[i]
        yield ast.Call(node.func, args, node.keywords)


def _if_expression(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    yield ast.IfExp(node.test, node.orelse, node.body)


def _if(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if isinstance(node.test, _TRUTHS):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed


def _filter(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    for i in range(len(node.ifs)):
        changed = copy.copy(node)
        changed.ifs = [*node.ifs[:i], *node.ifs[i + 1 :]]
        yield changed


def _neighbour(node: Any, names: Mapping[str, Any]) -> Iterator[ast.AST]:
    found = names.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if isinstance(found, type) and issubclass(found, Enum) and node.attr in found.__members__:
        members = list(found.__members__)
        other = members[(members.index(node.attr) + 1) % len(members)]
        if other != node.attr:
            yield ast.Attribute(node.value, other, node.ctx)


def _elements(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        if len(node.elts) == 2:
            yield type(node)([node.elts[1], node.elts[0]], node.ctx)
        for i in range(len(node.elts)):
            yield type(node)([*node.elts[:i], *node.elts[i + 1 :]], node.ctx)


def _dropped(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Call | ast.Await):
        yield ast.Pass()


def _not_assigned(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    if all(isinstance(target, ast.Attribute | ast.Subscript | ast.Tuple) for target in node.targets):
        yield ast.Pass()


def _in_place(node: Any, _: Mapping[str, Any]) -> Iterator[ast.AST]:
    yield ast.AugAssign(node.target, _OPERATORS[type(node.op)](), node.value)
    yield ast.Pass()


def _go_on(_: Any, __: Mapping[str, Any]) -> Iterator[ast.AST]:
    yield ast.Break()


_BY_TYPE: Mapping[type[ast.AST], Callable[[Any, Mapping[str, Any]], Iterator[ast.AST]]] = {
    ast.Compare: _compare, ast.BoolOp: _bool, ast.UnaryOp: _unary, ast.BinOp: _binary, ast.Constant: _constant,
    ast.JoinedStr: _text, ast.Dict: _dict, ast.Call: _call, ast.IfExp: _if_expression, ast.If: _if,
    ast.comprehension: _filter, ast.Attribute: _neighbour, ast.Tuple: _elements, ast.Expr: _dropped,
    ast.Assign: _not_assigned, ast.AugAssign: _in_place, ast.Continue: _go_on,
}  # fmt: skip
