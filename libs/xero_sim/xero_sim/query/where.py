"""The `where` language: a C#-like expression becomes a predicate over records.

or       := and (("OR" | "||") and)*
and      := not (("AND" | "&&") not)*
not      := ("!" | "NOT") not | compare
compare  := value (("=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">=") value)?
value    := "(" or ")" | (literal | guid("…") | DateTime(y,m,d[,h,m,s]) | field) ("." property | "." method(…))*

Texts compare without case. Both sides must have the same type. Source: docs/xero.md 3.5, behaviour 30.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from xero_sim.answers import bad_query
from xero_sim.ids import canonical
from xero_sim.query.kinds import Kind, Resolve
from xero_sim.query.operands import METHODS, PROPERTIES, SIGNS, Operand, called, comparable, compared, constant, joined
from xero_sim.query.where_tokens import Token, tokens

Predicate = Callable[[Any], bool]
_WORDS = {"null": (None, Kind.NULL), "true": (True, Kind.FLAG), "false": (False, Kind.FLAG)}


def compile_where(where: str, resolve: Resolve) -> Predicate:
    """A predicate for a text. Raises Rejected (400) if it cannot be read, or compares types that do not fit."""
    parser = _Parser(tokens(where), resolve)
    whole = parser.any_of()
    parser.expect("end", "")
    if whole.kind is not Kind.FLAG:
        raise bad_query("Expression of type 'Boolean' expected")
    return lambda record: bool(whole.get(record))


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

    def any_of(self) -> Operand:
        left = self.all_of()
        while self.accept("or", "||"):
            left = joined("OR", left, self.all_of())
        return left

    def all_of(self) -> Operand:
        left = self.negated()
        while self.accept("and", "&&"):
            left = joined("AND", left, self.negated())
        return left

    def negated(self) -> Operand:
        if not self.accept("!", "not"):
            return self.compare()
        inner = self.negated()
        if inner.kind is not Kind.FLAG:
            raise bad_query(f"Operator '!' incompatible with operand type '{inner.kind}'")
        return Operand(lambda record: not inner.get(record), Kind.FLAG)

    def compare(self) -> Operand:
        left = self.value()
        token = self.next
        if token.kind == "sign" and token.value in SIGNS:
            self.take()
            return compared(token.value, left, self.value())
        return left

    def value(self) -> Operand:
        found = self.start()
        while self.accept("."):
            name = self.expect("word", "").value
            if self.next.value == "(":
                known, given = METHODS.get(name.lower()), self.arguments()
            else:
                known, given = PROPERTIES.get(name.lower()), []
            if known is None:
                raise bad_query(f"No property, field or method '{name}' exists in type '{found.kind}'")
            found = called(found, name, known, given)
        return found

    def start(self) -> Operand:
        if self.accept("("):
            inner = self.any_of()
            self.expect("sign", ")")
            return inner
        token = self.take()
        if token.kind == "text":
            return constant(token.value.casefold(), Kind.TEXT)
        if token.kind == "number":
            return constant(Decimal(token.value), Kind.NUMBER if "." in token.value else Kind.INTEGER)
        if token.kind != "word":
            raise bad_query(f"Syntax error: unexpected '{token.value or token.kind}'")
        word = token.value.lower()
        if word in _WORDS:
            return constant(*_WORDS[word])
        if self.next.value == "(" and word in ("guid", "datetime"):
            return constant(self.guid(), Kind.GUID) if word == "guid" else constant(self.moment(), Kind.MOMENT)
        return self.field(token.value)

    def arguments(self) -> list[Operand]:
        self.expect("sign", "(")
        given: list[Operand] = []
        while not self.accept(")"):
            if given:
                self.expect("sign", ",")
            given.append(self.any_of())
        return given

    def guid(self) -> str:
        self.expect("sign", "(")
        text = canonical(self.expect("text", "").value)
        self.expect("sign", ")")
        if len(text) != 36:
            raise bad_query("Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).")
        return text

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

    def field(self, name: str) -> Operand:
        """The field at the start of a path: `Contact.Name` in `Contact.Name.Length`, where `Length` is a property."""
        path, found = name, self.resolve(name)
        while found is None and self.accept("."):
            path = f"{path}.{self.expect('word', '').value}"
            found = self.resolve(path)
        if found is None:
            raise bad_query(f"No property or field '{path}' exists")
        get = found.get
        return Operand(lambda record: comparable(get(record)), found.kind)
