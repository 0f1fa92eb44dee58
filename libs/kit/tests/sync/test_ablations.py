"""The search can fail: each of these clauses read another way breaks an invariant.

Other clauses need more luck than a search of minutes has; the tables of this folder prove them:
what an answer explains (test_result.py), what flies, is overruled or gone (test_merge.py, test_decide.py), what
refusals and edits stand on (test_decide.py, test_edit.py), what a link, a restore and a rebuild keep (test_linking.py,
test_result.py, test_rebuild.py).
"""

import pytest

from . import wrong_decisions, wrong_links
from .schedules import first_violation
from .wrong_links import Ablation

FOUND = [
    (wrong_decisions.one_value_in_a_base, "edits", 0),
    (wrong_decisions.a_switch_drops_the_base, "settings", 0),
    (wrong_decisions.a_conflict_is_decided_again, "settings", 0),
    (wrong_decisions.at_the_first_meeting_ours_wins, "links", 100),
    (wrong_decisions.an_edit_names_no_state, "edits", 0),
    (wrong_decisions.the_result_completes, "edits", 0),
    (wrong_decisions.after_stale_nothing_waits, "reads", 0),
    (wrong_decisions.an_older_snapshot_counts, "edits", 0),
    (wrong_decisions.only_the_newest_of_a_batch, "edits", 400),
    (wrong_decisions.revisions_count_from_one, "restores", 100),
    (wrong_decisions.after_stale_the_same_id, "edits", 0),
    (wrong_decisions.what_happens_once_counts_by_the_clock, "restores", 0),
    (wrong_decisions.what_happens_once_keeps_its_attempt, "refusals", 0),
    (wrong_decisions.a_create_names_nothing, "links", 0),
    (wrong_links.a_mark_links_again, "links", 0),
    (wrong_links.an_answer_counts_for_another_link, "links", 0),
    (wrong_links.unlinked_by_hand_is_made_again, "links", 0),
    (wrong_links.a_link_does_not_wait_for_a_create, "names", 0),
    (wrong_links.a_link_starts_anew, "links", 0),
    (wrong_links.results_from_before_a_restore_tell_nothing, "effects", 0),
    (wrong_links.nothing_is_said_after_a_restore, "restores", 0),
    (wrong_links.a_rebuilt_record_has_no_base, "disaster", 0),
    (wrong_links.a_crossed_reading_is_stored, "reads", 0),
    (wrong_links.a_reading_does_not_wait, "edits", 0),
    (wrong_links.a_second_create_is_made, "restores", 250),
]
"""A clause, the profile that shows it, and the seed from which on."""


@pytest.mark.long
@pytest.mark.parametrize(("clause", "profile", "seed"), FOUND)
def test_the_search_finds_a_clause_that_is_read_another_way(
    clause: Ablation, profile: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clause(monkeypatch)

    assert first_violation([profile], range(seed, seed + 300))
