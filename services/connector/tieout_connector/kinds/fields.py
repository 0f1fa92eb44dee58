"""The fields of an intent's body: whether Xero shows one as wanted, and what is sent so that it does."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Generic, TypeVar

from tieout_connector.xero import wire
from tieout_connector.xero.reading import Json
from tieout_schemas.payload import Frozen
from tieout_schemas.xero import Address

B_contra = TypeVar("B_contra", bound=Frozen, contravariant=True)
_FOUR_DIGITS = Decimal("0.0001")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Field(Generic[B_contra]):
    """One field of a body. None in it leaves Xero's as it is, an empty value empties it there."""

    name: str
    """In the body; a snapshot names it so in `Answers.explains`."""
    shown: Callable[[B_contra, Json], bool]
    """Whether an element of Xero's shows what is wanted, seen past what Xero itself does to a value."""
    parts: Callable[[B_contra, Json], Mapping[str, Any]]
    """What is sent for it, by the names of the form; the element is what Xero shows now."""


def is_shown(field: Field[B_contra], body: B_contra, element: Json) -> bool:
    """Whether Xero shows it as wanted. What an element lacks, or shows as nobody documented, is not shown."""
    try:
        return field.shown(body, element)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return False


def differing(fields: Sequence[Field[B_contra]], body: B_contra, element: Json) -> list[Field[B_contra]]:
    """What an update must send: what is wanted and not shown."""
    return [each for each in fields if getattr(body, each.name) is not None and not is_shown(each, body, element)]


def filled(fields: Sequence[Field[B_contra]], body: B_contra) -> list[Field[B_contra]]:
    """What a create must send: what is wanted and not empty."""
    return [each for each in fields if not _is_empty(getattr(body, each.name))]


def parts_of(fields: Sequence[Field[B_contra]], body: B_contra, element: Json) -> dict[str, Any]:
    """What is sent for these, by the names of the form."""
    return {name: value for each in fields for name, value in each.parts(body, element).items()}


def names(fields: Sequence[Field[B_contra]]) -> tuple[str, ...]:
    """Their names in the body."""
    return tuple(each.name for each in fields)


def explained(
    fields: Sequence[Field[B_contra]], body: B_contra, element: Json, sent: Collection[str]
) -> tuple[str, ...]:
    """What shows in an element because of this intent: what was sent, and what is shown as wanted.

    An empty value is explained by having been sent only: somebody else may have emptied it later (C2).
    """
    return tuple(
        each.name
        for each in fields
        if each.name in sent or (not _is_empty(getattr(body, each.name)) and is_shown(each, body, element))
    )


def trimmed(text: str | None) -> str:
    """A text without the blanks around it, which Xero takes away; absent is empty."""
    return (text or "").strip()


def unified(text: str | None) -> str:
    r"""A text of several lines without the blanks around it, however its lines end: \r\n or \n."""
    return trimmed(text).replace("\r\n", "\n")


def rounded(number: Decimal) -> Decimal:
    """A quantity or a unit price as Xero has it: with four digits."""
    return number.quantize(_FOUR_DIGITS, ROUND_HALF_UP)


def same_amount(wanted: Decimal | None, shown: Any) -> bool:
    """Whether Xero shows an amount as wanted: it rounds them to the cent."""
    return wanted is not None and wanted.quantize(_CENT, ROUND_HALF_UP) == wire.number(shown)


def _is_empty(value: object) -> bool:
    # False is no wish either: what was sent to a customer once is sent for good.
    return value is None or value is False or value in ("", (), Address())
