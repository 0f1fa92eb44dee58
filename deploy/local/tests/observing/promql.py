"""Reads a PromQL expression as Prometheus would, and refuses a metric, a label or a value that does not exist."""

from functools import singledispatch

import promql_parser as promql

from .metrics_known import LABELS, VALUES


class Unknown(Exception):
    """An expression names what no process reports. It would be empty for ever, and never fire."""


def labels_of(expression: str) -> set[str]:
    """The labels of the result. Raises Unknown, and ValueError for what is no PromQL."""
    return _labels(promql.parse(expression))


@singledispatch
def _labels(expression: object) -> set[str]:
    raise Unknown(f"{type(expression).__name__} is not understood here: {expression}")


@_labels.register
def _(selector: promql.VectorSelector) -> set[str]:
    if selector.name not in LABELS:
        raise Unknown(f"no metric is called {selector.name}")
    for matcher in selector.matchers.matchers:
        _has(LABELS[selector.name], [matcher.name], selector)
        if "$" in matcher.value or (selector.name, matcher.name) not in VALUES:
            continue
        asked = set(matcher.value.split("|"))
        if unknown := asked - VALUES[selector.name, matcher.name]:
            raise Unknown(f"{selector.name} never has {matcher.name}={unknown}")
    return LABELS[selector.name]


@_labels.register
def _(selector: promql.MatrixSelector) -> set[str]:
    return _labels(selector.vector_selector)


@_labels.register
def _(inner: promql.ParenExpr) -> set[str]:
    return _labels(inner.expr)


@_labels.register(promql.NumberLiteral)
def _(_number: promql.NumberLiteral) -> set[str]:
    return set()


@_labels.register
def _(call: promql.Call) -> set[str]:
    return set().union(*(_labels(argument) for argument in call.args))


@_labels.register
def _(aggregate: promql.AggregateExpr) -> set[str]:
    within = _labels(aggregate.expr)
    keeps_labels = str(aggregate.op) in {"topk", "bottomk"}
    if aggregate.modifier is None:
        return within if keeps_labels else set()
    if aggregate.modifier.type != promql.AggModifierType.By:
        raise Unknown(f"`without` keeps labels that nobody thought of: {aggregate}")
    _has(within, aggregate.modifier.labels, aggregate)
    return within if keeps_labels else set(aggregate.modifier.labels)


@_labels.register
def _(binary: promql.BinaryExpr) -> set[str]:
    sides = [_labels(side) for side in (binary.lhs, binary.rhs)]
    if binary.modifier and (matching := binary.modifier.matching):
        for side in sides:
            _has(side, matching.labels, binary)
        return sides[0]
    scalars = [isinstance(side, promql.NumberLiteral) for side in (binary.lhs, binary.rhs)]
    if not any(scalars) and sides[0] != sides[1]:
        raise Unknown(f"the sides have other labels, so nothing matches: {binary}")
    return sides[1] if scalars[0] else sides[0]


def _has(labels: set[str], asked: list[str], where: object) -> None:
    if missing := set(asked) - labels:
        raise Unknown(f"{where} has no label {', '.join(sorted(missing))}")
