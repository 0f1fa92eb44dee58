"""`tieout problems | retry | dismiss`: what is skipped, held or refused, and what to do about it (SYS-2)."""

from typing import Any
from uuid import UUID

from rich.table import Table

from tieout_cli.ask import Refused, ask, tell
from tieout_cli.console import console


def problems(tenant: UUID, *, cause: str | None = None, limit: int = 50) -> None:
    """What is skipped, held or refused: by what caused it, or each problem of one cause."""
    if cause is None:
        _groups(tenant, limit)
        return
    table = Table("problem", "record", "what happened", "what to do", "who", "seen")
    for one in ask("connector", tenant, "/problems", cause=cause, limit=limit)["items"]:
        record = f"{one['record']['kind']} {one['record']['id']}"
        table.add_row(one["id"], record, one["sentence"], one["mend"], one["by"], str(one["count"]))
    console.print(table)


def retry(tenant: UUID, what: str) -> None:
    """Try again: WHAT is a problem's id, or a cause as `tieout problems` shows it, for all of its records."""
    _do("retry", tenant, what)


def dismiss(tenant: UUID, what: str) -> None:
    """Hear no more of a problem or of a whole cause; what is held still goes when its reason is gone."""
    _do("dismiss", tenant, what)


def _groups(tenant: UUID, limit: int) -> None:
    table = Table("cause", "records", "since", "what happened, the first time", "what to do", "who")
    for one in ask("connector", tenant, "/problems/groups", limit=limit)["items"]:
        example = one["example"]
        table.add_row(
            one["cause"],
            str(one["count"]),
            one["first_at"][:16],
            example["sentence"],
            example["mend"],
            example["by"],
        )
    console.print(table)


def _do(verb: str, tenant: UUID, what: str) -> None:
    # The connector lists them all; each is retried by the service that raised it.
    problem_id = _id(what)
    if problem_id:
        problem = ask("connector", tenant, f"/problems/{problem_id}")
        after = tell("POST", problem["service"], tenant, f"/problems/{problem_id}/{verb}")
        console.print(f"{after['state']}: {after['sentence']}")
        return
    services = {one["service"] for one in _of_cause(tenant, what)}
    if not services:
        raise Refused(f"no open problem has the cause {what}")
    for service in sorted(services):
        tell("POST", service, tenant, f"/problems/{verb}", {"cause": what})
    console.print(f"asked {', '.join(sorted(services))}; `tieout problems {tenant}` shows what is left")


def _of_cause(tenant: UUID, cause: str) -> list[dict[str, Any]]:
    groups = ask("connector", tenant, "/problems/groups", limit=1000)["items"]
    return [one for one in groups if one["cause"] == cause]


def _id(what: str) -> UUID | None:
    try:
        return UUID(what)
    except ValueError:
        return None
