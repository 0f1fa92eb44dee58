"""The fields of an intent's body: whether Xero shows the wanted value of a field, and what is sent to change it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Generic, TypeVar
from unicodedata import category, normalize

from tieout_connector.xero import wire
from tieout_connector.xero.models import Json
from tieout_schemas.payload import Frozen
from tieout_schemas.xero import Address

B_contra = TypeVar("B_contra", bound=Frozen, contravariant=True)
_FOUR_DIGITS = Decimal("0.0001")
_CENT = Decimal("0.01")
_ALTERED = ("So", "Sk", "Mn", "Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode's categories of signs that Xero has been seen to drop, and of those that nobody sees."""


@dataclass(frozen=True, slots=True)
class BodyField(Generic[B_contra]):
    """A field of a body. None leaves Xero's value as it is; an empty value empties the field in Xero."""

    name: str
    """The field's name in the body and in a snapshot's `Answers.explains`."""
    shown: Callable[[B_contra, Json], bool]
    """Whether an element of Xero shows the wanted value, allowing for how Xero normalises values."""
    parts: Callable[[B_contra, Json], Mapping[str, Any]]
    """What is sent for the field, by the names of the form. The element is what Xero shows now."""


def is_shown(field: BodyField[B_contra], body: B_contra, element: Json) -> bool:
    """Whether Xero shows the wanted value. False if the element lacks the field or shows it in an undocumented form."""
    try:
        return field.shown(body, element)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
        return False


def differing(fields: Sequence[BodyField[B_contra]], body: B_contra, element: Json) -> list[BodyField[B_contra]]:
    """The fields that an update must send: those with a wanted value that Xero does not show."""
    return [each for each in fields if getattr(body, each.name) is not None and not is_shown(each, body, element)]


def filled(fields: Sequence[BodyField[B_contra]], body: B_contra) -> list[BodyField[B_contra]]:
    """The fields that a create must send: those that are not empty."""
    return [each for each in fields if not _is_empty(getattr(body, each.name))]


def parts_of(fields: Sequence[BodyField[B_contra]], body: B_contra, element: Json) -> dict[str, Any]:
    """What is sent for these fields, by the names of the form."""
    return {name: value for each in fields for name, value in each.parts(body, element).items()}


def names(fields: Sequence[BodyField[B_contra]]) -> tuple[str, ...]:
    """The names of these fields in the body."""
    return tuple(each.name for each in fields)


def explained(
    fields: Sequence[BodyField[B_contra]], body: B_contra, element: Json, sent: Collection[str]
) -> tuple[str, ...]:
    """The fields that an element shows because of this intent: those that were sent, and those shown as wanted (C2).

    An empty value counts only if it was sent: otherwise somebody else may have emptied it.
    """
    return tuple(
        each.name
        for each in fields
        if each.name in sent or (not _is_empty(getattr(body, each.name)) and is_shown(each, body, element))
    )


def trimmed(text: str | None) -> str:
    """A text without the blanks around it, which Xero removes. An absent text is empty."""
    return (text or "").strip()


def unified(text: str | None) -> str:
    r"""A text of several lines without the blanks around it, its line ends \r\n or \n made the same."""
    return trimmed(text).replace("\r\n", "\n")


def loosely(text: str | None) -> str:
    """A text by which a record is found again, without what Xero may alter: blanks, emoji, and invisible signs."""
    visible = (char for char in normalize("NFKC", text or "") if category(char) not in _ALTERED)
    return "".join("".join(visible).split()).casefold()


def rounded(number: Decimal) -> Decimal:
    """A quantity or a unit price with four decimals, as Xero stores it."""
    return number.quantize(_FOUR_DIGITS, ROUND_HALF_UP)


def same_amount(wanted: Decimal | None, shown: Any) -> bool:
    """Whether Xero shows the wanted amount, which it rounds to the cent."""
    return wanted is not None and wanted.quantize(_CENT, ROUND_HALF_UP) == wire.number(shown)


def _is_empty(value: object) -> bool:
    # False counts as empty: an invoice that was sent to its customer stays sent.
    return value is None or value is False or value in ("", (), Address())
