"""What `where` does with values: comparisons, checked by type as Xero checks them, and methods of texts."""

import operator
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from xero_sim.answers import bad_query
from xero_sim.query.kinds import Getter, Kind
from xero_sim.wire import date_ms, instant

EQUAL = ("=", "==")
UNEQUAL = ("!=", "<>")
ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
SIGNS = (*EQUAL, *UNEQUAL, *ORDERED)
_NUMBERS = frozenset((Kind.NUMBER, Kind.INTEGER))
_UNORDERED = frozenset((Kind.FLAG, Kind.GUID))


class Operand(NamedTuple):
    """A part of an expression: its value for a record, and its type."""

    get: Getter
    kind: Kind


class Method(NamedTuple):
    """A method or property, with the types of its arguments and result. Of null it is null, or False for a flag."""

    gives: Kind
    apply: Callable[..., Any]
    takes: tuple[Kind, ...] = ()
    of: Kind | None = Kind.TEXT
    """The type that has it; None: every type."""


METHODS = {
    "contains": Method(Kind.FLAG, lambda text, part: part in text, (Kind.TEXT,)),
    "startswith": Method(Kind.FLAG, str.startswith, (Kind.TEXT,)),
    "endswith": Method(Kind.FLAG, str.endswith, (Kind.TEXT,)),
    "equals": Method(Kind.FLAG, operator.eq, (Kind.TEXT,)),
    "replace": Method(Kind.TEXT, str.replace, (Kind.TEXT, Kind.TEXT)),
    "trim": Method(Kind.TEXT, str.strip),
    # Texts are compared without case, so these two change nothing.
    "tolower": Method(Kind.TEXT, str),
    "toupper": Method(Kind.TEXT, str),
    "tostring": Method(Kind.TEXT, lambda value: str(value).casefold(), of=None),
}
PROPERTIES = {
    "length": Method(Kind.INTEGER, len),
    "year": Method(Kind.INTEGER, lambda ms: instant(ms).year, of=Kind.MOMENT),
    "month": Method(Kind.INTEGER, lambda ms: instant(ms).month, of=Kind.MOMENT),
    "day": Method(Kind.INTEGER, lambda ms: instant(ms).day, of=Kind.MOMENT),
}


def comparable(value: object) -> Any:
    """The form in which values are compared: texts without case, dates in milliseconds."""
    if isinstance(value, str):
        return value.casefold()
    return date_ms(value) if isinstance(value, date) else value


def constant(value: Any, kind: Kind) -> Operand:
    """A literal."""
    return Operand(lambda record: value, kind)


def called(subject: Operand, name: str, method: Method, given: list[Operand]) -> Operand:
    """The result of a method. Raises Rejected if the type has no such method."""
    if method.of not in (None, subject.kind) or [each.kind for each in given] != list(method.takes):
        raise bad_query(f"No applicable method '{name}' exists in type '{subject.kind}'")
    get, apply, null = subject.get, method.apply, False if method.gives is Kind.FLAG else None

    def result(record: Any) -> Any:
        value = get(record)
        return null if value is None else apply(value, *(each.get(record) for each in given))

    return Operand(result, method.gives)


def compared(sign: str, left: Operand, right: Operand) -> Operand:
    """A comparison. Raises Rejected for types that cannot be compared: an id with a text, a flag with a text."""
    kinds = {left.kind, right.kind} - {Kind.NULL}
    if (len(kinds) > 1 and not kinds <= _NUMBERS) or (sign in ORDERED and kinds & _UNORDERED):
        raise incompatible(sign, left, right)
    one, other = left.get, right.get
    if sign in EQUAL:
        return Operand(lambda record: one(record) == other(record), Kind.FLAG)
    if sign in UNEQUAL:
        return Operand(lambda record: one(record) != other(record), Kind.FLAG)
    test = ORDERED[sign]

    def in_order(record: Any) -> bool:
        a, b = one(record), other(record)
        return a is not None and b is not None and test(a, b)

    return Operand(in_order, Kind.FLAG)


def joined(sign: str, left: Operand, right: Operand) -> Operand:
    """`AND` or `OR`. Raises Rejected unless both sides are true or false."""
    if {left.kind, right.kind} != {Kind.FLAG}:
        raise incompatible(sign, left, right)
    one, other = left.get, right.get
    if sign == "AND":
        return Operand(lambda record: one(record) and other(record), Kind.FLAG)
    return Operand(lambda record: one(record) or other(record), Kind.FLAG)


def incompatible(sign: str, left: Operand, right: Operand) -> Exception:
    """The error for types that do not fit together, in Xero's words."""
    return bad_query(f"Operator '{sign}' incompatible with operand types '{left.kind}' and '{right.kind}'")
