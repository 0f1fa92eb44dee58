"""What a historical import says at its end, in a bookkeeper's words (SYS-4)."""

from collections.abc import Sequence
from datetime import date

from tieout_schemas.history import HistoryKindResult

UNREADABLE = "Xero shows it differently from what it documents"
NOT_FOLLOWED = "it belongs to no bill or invoice, for example a refund"


def summary(kinds: Sequence[HistoryKindResult], first: date, last: date | None, *, cancelled: bool) -> str:
    """One sentence for the whole import, and one for each kind."""
    until = f" to {last.isoformat()}" if last else ""
    begin = "The import was cancelled" if cancelled else "The import has ended"
    return " ".join([f"{begin} ({first.isoformat()}{until}).", *(_of(each) for each in kinds)])


def next_steps(kinds: Sequence[HistoryKindResult], *, cancelled: bool) -> tuple[str, ...]:
    """What a person should do now, the most urgent first."""
    steps = [f"Have this put right, then import {each.kind} again: {each.why}." for each in kinds if each.why]
    if cancelled:
        steps.append("What came stays. To import the rest, start the same import again: nothing comes twice.")
    if any(one.reason == UNREADABLE for each in kinds for one in each.skipped):
        steps.append("Look at the problems: each record that could not be read is listed there, with a link to Xero.")
    if any(each.new or each.changed or each.known for each in kinds):
        steps.append("Look at the problems in a few minutes: a record that waits or stays in Xero says why there.")
    named = {each.kind for each in kinds}
    if "contacts" in named:
        steps.append("A contact without a bill or invoice comes in with its first one.")
    if "bills" in named and "payments" not in named:
        steps.append("Import the payments of the same dates as well, if each payment should be seen here.")
    return tuple(steps)


def _of(one: HistoryKindResult) -> str:
    counts = [f"{one.new} new", f"{one.changed} changed", f"{one.known} known already"]
    skipped = [f"{each.count} left in Xero because {each.reason}" for each in one.skipped]
    text = f"{one.kind.capitalize()}: {', '.join([*counts, *skipped])}."
    return f"{text} Not all were read: {one.why}." if one.why else text
