"""The `where` language: a C#-like expression becomes a predicate over records.

or       := and (("OR" | "||") and)*
and      := not (("AND" | "&&") not)*
not      := "!" not | "(" or ")" | compare
compare  := operand (("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") operand)?
operand  := literal | guid("…") | DateTime(y,m,d[,h,m,s]) | field(.Method(…))*

Text compares without case; dates compare as milliseconds. Source: docs/xero.md 3.5, behaviour 30.
"""

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from xero_sim.answers import bad_query
from xero_sim.query.where_tokens import Token, tokens
from xero_sim.wire import date_ms

Getter = Callable[[Any], Any]
Resolve = Callable[[str], Getter | None]
Predicate = Callable[[Any], bool]

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
}
_CASES = ("tolower", "toupper", "trim", "tostring")
_CONSTANTS = {"null": None, "true": True, "false": False}


def comparable(value: object) -> Any:
    """The form in which values are compared: text without case, dates as milliseconds."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, date):
        return date_ms(value)
    return value


def compile_where(where: str, resolve: Resolve) -> Predicate:
    """A predicate for this text. Raises Rejected (400) when it cannot be read or names an unknown field."""
    parser = _Parser(tokens(where), resolve)
    predicate = parser.any_of()
    parser.expect("end", "")
    return lambda record: bool(predicate(record))


class _Parser:
    def __init__(self, read: list[Token], resolve: Resolve) -> None:
        self.read = read
        self.resolve = resolve
        self.at = 0

    @property
    def next(self) -> Token:
        return self.read[self.at]

    def take(self) -> Token:
        token = self.read[self.at]
        self.at = min(self.at + 1, len(self.read) - 1)
        return token

    def accept(self, *values: str) -> bool:
        token = self.next
        if token.kind in ("sign", "word") and token.value.lower() in values:
            self.take()
            return True
        return False

    def expect(self, kind: str, value: str) -> Token:
        token = self.take()
        if token.kind != kind or (value and token.value != value):
            raise bad_query(f"Syntax error: expected '{value or kind}' but found '{token.value or token.kind}'")
        return token

    def any_of(self) -> Getter:
        left = self.all_of()
        while self.accept("or", "||"):
            left = _either(left, self.all_of())
        return left

    def all_of(self) -> Getter:
        left = self.negated()
        while self.accept("and", "&&"):
            left = _both(left, self.negated())
        return left

    def negated(self) -> Getter:
        if self.accept("!", "not"):
            inner = self.negated()
            return lambda record: not inner(record)
        if self.accept("("):
            inner = self.any_of()
            self.expect("sign", ")")
            return inner
        return self.compare()

    def compare(self) -> Getter:
        left = self.operand()
        token = self.next
        if token.kind == "sign" and token.value in ("=", "==", "!=", "<>", *_ORDERED):
            self.take()
            return _comparison(token.value, left, self.operand())
        return left

    def operand(self) -> Getter:
        token = self.take()
        if token.kind == "text":
            return _constant(token.value.casefold())
        if token.kind == "number":
            return _constant(Decimal(token.value))
        if token.kind != "word":
            raise bad_query(f"Syntax error: unexpected '{token.value or token.kind}'")
        word = token.value.lower()
        if word in _CONSTANTS:
            return _constant(_CONSTANTS[word])
        if word in ("guid", "datetime") and self.next.value == "(":
            return _constant(self.guid() if word == "guid" else self.moment())
        return self.field(token.value)

    def guid(self) -> str:
        self.expect("sign", "(")
        text = self.expect("text", "").value
        self.expect("sign", ")")
        return text.lower()

    def moment(self) -> int:
        self.expect("sign", "(")
        numbers = [int(self.expect("number", "").value)]
        while self.accept(","):
            numbers.append(int(self.expect("number", "").value))
        self.expect("sign", ")")
        try:
            return int(datetime(*numbers, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]
        except (TypeError, ValueError) as wrong:
            raise bad_query(f"No such DateTime: {wrong}") from None

    def field(self, name: str) -> Getter:
        path = name
        while self.accept("."):
            part = self.expect("word", "").value
            if self.next.value == "(" and part.lower() in (*_TESTS, *_CASES):
                return self.methods(self.getter(path), part)
            path = f"{path}.{part}"
        return self.getter(path)

    def getter(self, path: str) -> Getter:
        found = self.resolve(path)
        if found is None:
            raise bad_query(f"No property or field '{path}' exists")
        return lambda record: comparable(found(record))

    def methods(self, get: Getter, first: str) -> Getter:
        method = first.lower()
        while True:
            self.expect("sign", "(")
            if method in _TESTS:
                part = self.expect("text", "").value.casefold()
                self.expect("sign", ")")
                return _text_test(_TESTS[method], get, part)
            self.expect("sign", ")")
            if not self.accept("."):
                return get
            method = self.expect("word", "").value.lower()
            if method not in (*_TESTS, *_CASES):
                raise bad_query(f"No applicable method '{method}' exists")


def _constant(value: Any) -> Getter:
    return lambda record: value


def _either(left: Getter, right: Getter) -> Getter:
    return lambda record: left(record) or right(record)


def _both(left: Getter, right: Getter) -> Getter:
    return lambda record: left(record) and right(record)


def _text_test(test: Callable[[str, str], bool], get: Getter, part: str) -> Getter:
    return lambda record: isinstance(text := get(record), str) and test(text, part)


def _comparison(sign: str, left: Getter, right: Getter) -> Getter:
    if sign in ("=", "=="):
        return lambda record: left(record) == right(record)
    if sign in ("!=", "<>"):
        return lambda record: left(record) != right(record)
    ordered = _ORDERED[sign]

    def in_order(record: Any) -> bool:
        one, other = left(record), right(record)
        if one is None or other is None:
            return False
        try:
            return ordered(one, other)
        except TypeError:
            raise bad_query(f"Operator '{sign}' incompatible with these operand types") from None

    return in_order
