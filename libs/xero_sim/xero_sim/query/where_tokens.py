"""Cuts a `where` text into tokens."""

import re
from typing import NamedTuple

from xero_sim.answers import bad_query

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"\\]|\\.)*")
  | (?P<number>-?\d+(?:\.\d+)?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>==|!=|<>|<=|>=|&&|\|\||[=<>!().,])
)""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """`kind` is text, number, word, sign or end."""

    kind: str
    value: str


def tokens(where: str) -> list[Token]:
    """All tokens, and one of kind `end`. Raises Rejected for a character with which no token begins."""
    found = []
    at = 0
    while where[at:].strip():
        match = _TOKEN.match(where, at)
        if match is None:
            raise bad_query(f"Unrecognised character at position {at} in '{where}'")
        kind = match.lastgroup or ""
        value = match[kind]
        if kind == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found.append(Token(kind, value))
        at = match.end()
    return [*found, Token("end", "")]
