"""`tieout problems | retry | dismiss`: records that are skipped, held or refused, and what to do (SYS-2)."""

from typing import Any
from uuid import UUID

from rich.table import Table

from tieout_cli.client import CommandFailed, get, send
from tieout_cli.console import columns, console


def problems(tenant: UUID, *, cause: str | None = None, limit: int = 50) -> None:
    """List open problems by cause, or with --cause each problem of one cause."""
    if cause is None:
        _groups(tenant, limit)
        return
    table = Table(*columns("problem", "record", "what happened", "what to do", "who", "seen"))
    for one in get("connector", tenant, "/problems", cause=cause, limit=limit)["items"]:
        record = f"{one['record']['kind']} {one['record']['id']}"
        table.add_row(one["id"], record, one["sentence"], one["how_to_fix"], one["who_can_fix"], str(one["count"]))
    console.print(table)


def retry(tenant: UUID, problem_or_cause: str) -> None:
    """Retry one problem by its id, or all problems of a cause, as `tieout problems` shows it."""
    _do("retry", tenant, problem_or_cause)


def dismiss(tenant: UUID, problem_or_cause: str) -> None:
    """Take one problem, or all of a cause, off the list. A held record still continues once its reason is gone."""
    _do("dismiss", tenant, problem_or_cause)


def _groups(tenant: UUID, limit: int) -> None:
    table = Table(*columns("cause", "records", "since", "example", "what to do", "who"))
    for one in get("connector", tenant, "/problems/groups", limit=limit)["items"]:
        example = one["example"]
        table.add_row(
            one["cause"],
            str(one["count"]),
            one["first_at"][:16],
            example["sentence"],
            example["how_to_fix"],
            example["who_can_fix"],
        )
    console.print(table)


def _do(verb: str, tenant: UUID, problem_or_cause: str) -> None:
    # The connector lists the problems of all services; the service that raised one retries or dismisses it.
    problem_id = _id(problem_or_cause)
    if problem_id:
        problem = get("connector", tenant, f"/problems/{problem_id}")
        after = send("POST", problem["service"], tenant, f"/problems/{problem_id}/{verb}")
        console.print(f"{after['state']}: {after['sentence']}")
        return
    services = {one["service"] for one in _of_cause(tenant, problem_or_cause)}
    if not services:
        raise CommandFailed(f"no open problem has the cause {problem_or_cause}")
    for service in sorted(services):
        send("POST", service, tenant, f"/problems/{verb}", {"cause": problem_or_cause})
    console.print(f"requested from {', '.join(sorted(services))}; `tieout problems {tenant}` shows what is left")


def _of_cause(tenant: UUID, cause: str) -> list[dict[str, Any]]:
    groups = get("connector", tenant, "/problems/groups", limit=1000)["items"]
    return [one for one in groups if one["cause"] == cause]


def _id(problem_or_cause: str) -> UUID | None:
    try:
        return UUID(problem_or_cause)
    except ValueError:
        return None
