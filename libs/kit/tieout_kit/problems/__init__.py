"""Problems of records: opened, counted, closed, dismissed, listed (SYS-2)."""

from tieout_kit.problems import listing
from tieout_kit.problems.findings import finding_of, reasons_of
from tieout_kit.problems.listing import Group, ProblemFilter
from tieout_kit.problems.store import Finding, FoundProblem, dismiss, note_retry, update, with_open_problems

__all__ = [
    "Finding",
    "FoundProblem",
    "Group",
    "ProblemFilter",
    "dismiss",
    "finding_of",
    "listing",
    "note_retry",
    "reasons_of",
    "update",
    "with_open_problems",
]
