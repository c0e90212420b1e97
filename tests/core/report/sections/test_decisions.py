from datetime import UTC, datetime

import numpy as np
import pytest

from margin_core import Study
from margin_core.report import Report
from margin_core.report.markup import joined
from margin_core.report.sections import decisions_section
from margin_core.report.sections.decisions import describe_decision
from margin_core.review import Decision, Verdict, study_key

STUDY = Study.build(embedding=np.eye(4), labels=["cat", "cat", "dog", "dog"])
NOW = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)


def decide(sample_id, verdict, reviewer, new_label=None, note=""):
    return Decision(
        study=study_key(STUDY), study_fingerprint=STUDY.fingerprint, task="label_flips", sample_id=sample_id,
        verdict=Verdict(verdict), old_label="cat", new_label=new_label, reviewer=reviewer, decided_at=NOW, client="c",
        seq=int(sample_id), note=note,
    )  # fmt: skip


def section(*decisions, **options):
    report = Report(
        study=STUDY, explanations=(), made_at=NOW, program_version="1", decisions=decisions, log_entries=9, **options
    )
    return joined(decisions_section(report)).text


def test_without_decisions_nothing_is_counted():
    assert section() == '<p class="none">Nobody has decided on a sample yet.</p>'


def test_decisions_are_counted_by_reviewer_and_changes_listed_newest_first():
    html = section(
        decide("0", "keep", "ada", "cat"),
        decide("1", "relabel", "ada", "dog", "a <dog>"),
        decide("2", "exclude", "ben"),
    )
    assert "3 samples decided, 0 skipped; 9 entries in the log, undone included." in html
    counts = [
        row.replace('<td class="number">', "|").replace("</td>", "") for row in html.split("<tr>") if "bdi" in row
    ]
    assert counts[0].startswith("<td><bdi>ada</bdi>|1|1|0|0|2") and counts[1].startswith("<td><bdi>ben</bdi>|0|0|1|0|1")
    assert html.index("excluded</td>") < html.index("a &lt;dog&gt;")


def test_no_more_changes_are_listed_than_findings():
    html = section(*(decide(str(row), "exclude", "ada") for row in range(3)), max_findings=2)
    assert "Changes: 2 newest of 3" in html and "<bdi>0</bdi>" not in html


@pytest.mark.parametrize(
    ("verdict", "label", "words"),
    [
        ("relabel", "dog", "relabeled to <bdi>dog</bdi> by <bdi>unknown</bdi>"),
        ("skip", None, "skipped by <bdi>unknown</bdi>"),
    ],
)
def test_a_decision_in_words(verdict, label, words):
    assert joined(describe_decision(decide("0", verdict, "", label))).text == words


def test_a_skipped_sample_is_not_decided():
    html = section(decide("0", "keep", "ada", "cat"), decide("1", "skip", "ada"))
    assert "1 sample decided, 1 skipped;" in html
