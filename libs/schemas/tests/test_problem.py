"""Problems that an earlier version stored or published are still read."""

from tieout_schemas.problem import HistoryEntry, HistoryKind, Problem, ProblemKind
from tieout_schemas.roles import Role

EARLIER = """{
    "id": "00000000-0000-4000-8000-000000000001", "service": "bills", "code": "refused_by_xero", "what": "refused",
    "record": {"kind": "bill", "id": "00000000-0000-4000-8000-000000000002"}, "params": {}, "sentence": "Refused.",
    "mend": "Change it.", "by": "approver", "state": "open", "opened_at": "2026-11-22T10:00:00Z",
    "last_at": "2026-11-22T10:00:00Z",
    "steps": [{"at": "2026-11-22T10:00:00Z", "what": "opened", "by": "event-1"}]
}"""


def test_a_problem_with_the_field_names_of_an_earlier_version_is_read() -> None:
    problem = Problem.model_validate_json(EARLIER)

    assert (problem.problem_kind, problem.who_can_fix) == (ProblemKind.REFUSED, Role.APPROVER)
    assert problem.how_to_fix == "Change it."
    assert problem.history == (HistoryEntry(at=problem.opened_at, kind=HistoryKind.OPENED, by="event-1"),)


def test_a_problem_is_written_with_the_present_names_only() -> None:
    written = Problem.model_validate_json(EARLIER).model_dump()

    assert not {"what", "mend", "by", "steps"} & written.keys()
    assert Problem.model_validate(written) == Problem.model_validate_json(EARLIER)
