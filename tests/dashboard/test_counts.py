"""Every count of the review says the same wherever it is shown, whatever was decided."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.menu import about_study, listed_views, menu_sections
from dashboard.study.registry import OpenRequest
from dashboard.views.export import EXPORT
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.overview import wording
from margin_core.cli import main
from margin_core.review import Choice, Verdict, session_corrections
from margin_core.review.decision import LABELING


def menu_counts(opened):
    sections = menu_sections(listed_views(opened, is_opening=True), opened, None)
    return {page["path"]: page["count"] for section in sections for page in section["pages"]}


def decide(opened, seq, row, verdict, *, sampled=False):
    label = 0 if verdict is Verdict.RELABEL else None
    choice = Choice(seq=seq, row=int(row), verdict=verdict, label=label, sampled=sampled)
    return opened.session.decide([choice], client="t")


@pytest.mark.slow
def test_menu_and_queue_count_the_same_whatever_is_decided(asked, get):
    random = np.random.default_rng(0)
    for seq in range(60):
        row, verdict = random.integers(90), Verdict(random.choice([str(one) for one in Verdict]))
        decide(asked, seq, row, verdict)
        session, menu, about = asked.session, menu_counts(asked), about_study(asked)
        queue = get("queue").json()["progress"]
        verdicts = [decision.verdict for decision in session.decisions()]
        n_open = int(np.count_nonzero(session.open_suspects))
        assert menu[LABEL_REVIEW.path] == about["open"] == queue["open"] == n_open
        skipped = verdicts.count(Verdict.SKIP)
        assert about["skipped"] == queue["skipped"] == skipped
        assert about["decided"] == queue["decided"] == len(session_corrections(session)) == len(verdicts) - skipped
        assert menu[EXPORT.path] == verdicts.count(Verdict.RELABEL) + verdicts.count(Verdict.EXCLUDE)


def test_a_random_check_and_a_skip_leave_as_many_suspects_as_there_are(asked, planted):
    before = asked.session.progress()
    check = next(row for row in range(90) if not asked.session.open_suspects[row])
    decide(asked, 1, check, Verdict.KEEP, sampled=True)
    assert (asked.session.progress().open, asked.session.progress().decided) == (before.open, 1)
    decide(asked, 2, planted.flipped[0], Verdict.SKIP)
    assert (asked.session.progress().open, asked.session.progress().decided) == (before.open - 1, 1)


def test_labels_given_are_changes_until_a_review_changes_them(tmp_path, studies, planted, write_source):
    labels = planted.study.labels.copy()
    labels[:3] = -1
    source = write_source(tmp_path, labels=labels)
    assert main(["prepare", str(source)]) == 0
    opened = studies.opened(studies.open(OpenRequest(source)))
    for seq, row in enumerate((0, 1, 2, 5)):
        task = LABELING if row < 3 else None
        opened.session.decide([Choice(seq=seq, row=row, verdict=Verdict.RELABEL, label=1, task=task)], client="t")
    assert (opened.n_labels_given, menu_counts(opened)[EXPORT.path]) == (3, 4)
    decide(opened, 9, 0, Verdict.EXCLUDE)
    assert (opened.n_labels_given, menu_counts(opened)[EXPORT.path]) == (2, 4)


@pytest.mark.slow  # A whole page.
def test_the_overview_says_the_same_as_the_menu(app, asked, planted):
    others = np.setdiff1d(np.arange(90), planted.flipped)[:3]
    for seq, (row, verdict) in enumerate(zip([*planted.flipped[:2], *others], [*Verdict][:4], strict=False), start=1):
        decide(asked, seq, row, verdict)
    app.run()
    assert not app.exception
    progress = asked.session.progress()
    assert {tile.label: tile.value for tile in app.metric}[wording.DECIDED] == str(progress.decided)
    assert wording.review_button(progress.open) in [button.label for button in app.button]
    assert progress.skipped == 1 and wording.skipped(1) in [caption.value for caption in app.caption]
