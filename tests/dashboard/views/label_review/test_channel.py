"""Review states as colors of the map."""

from reviewing import decide

from dashboard.views.label_review.channel import state_codes
from margin_core.figures.palette import STATES

SAMPLES = 90


def test_every_state_has_its_code(opened, planted):
    flipped = planted.flipped.tolist()
    assert {state_codes(opened)[row] for row in flipped} == {1}
    others = [row for row in range(SAMPLES) if row not in flipped]
    assert {state_codes(opened)[row] for row in others} == {0}
    decide(opened, flipped[0], "keep")
    decide(opened, flipped[1], "relabel", int(planted.truth[flipped[1]]))
    decide(opened, flipped[2], "skip")
    decide(opened, flipped[3], "exclude")
    codes = state_codes(opened)
    named = [STATES[codes[row]][0] for row in [others[0], flipped[4], *flipped[:4]]]
    assert named == ["not looked at", "suspect, open", "kept", "relabeled", "skipped", "excluded"]
