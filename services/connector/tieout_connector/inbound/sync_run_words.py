"""What an import, or a sync that a person asked for, says at its end, in a bookkeeper's words (SYS-4). Pure."""

from collections.abc import Sequence

from tieout_connector.kinds.words import spoken
from tieout_schemas.runs import ResourceRead, RunKind

CANCELLED = "it was cancelled before it was read"


def summary(kind: RunKind, lists: Sequence[ResourceRead], *, cancelled: bool) -> str:
    """One sentence for the run, and one for each list that brought something or was not read to its end."""
    noun = "import" if kind is RunKind.IMPORT else "sync"
    begin = f"The {noun} was cancelled." if cancelled else f"The {noun} has ended."
    return " ".join([begin, *(_of(one) for one in lists if one.read or one.failed)])


def next_steps(kind: RunKind, lists: Sequence[ResourceRead], *, cancelled: bool) -> tuple[str, ...]:
    """What a person should do now, the most urgent first."""
    failed = [one for one in lists if one.failed and one.failed != CANCELLED]
    steps = [f"Have this put right: {_name(one)} were not all read: {one.failed.rstrip('.')}." for one in failed]
    if kind is not RunKind.IMPORT:
        return tuple(steps)
    if cancelled:
        steps.append(
            "What came stays, and what changes in Xero now comes as usual. A historical import brings the rest."
        )
    if any(one.changed for one in lists):
        steps.append("Look at the problems in a few minutes: a record that waits or stays in Xero says why there.")
    if not cancelled:
        steps.append("Only what is unpaid was imported. A historical import brings older bills and payments.")
    return tuple(steps)


def _of(one: ResourceRead) -> str:
    text = f"{_name(one).capitalize()}: {one.read} read, {one.changed} new or changed."
    return f"{text} Not all were read: {one.failed.rstrip('.')}." if one.failed else text


def _name(one: ResourceRead) -> str:
    return spoken(one.resource)
