"""A report: every number is that of the library, every text is shown as text, and nothing outside is named."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from fashion import fashion

from margin_core import Study, estimate_errors, explain
from margin_core.report import collect_report, render_report, write_report
from margin_core.report.markup import element
from margin_core.review import Decision, ReviewStore, Verdict, study_key
from margin_core.study import Opened
from margin_core.study.inputs.texts import TextList
from margin_core.study.notes import assumption
from margin_core.tasks import (
    AdversarialStatistics,
    ContextualOutliers,
    DecisionBoundary,
    LabelFlips,
    Prototypes,
    Saliency,
)
from margin_core.values import NO_ROW
from margin_core.values.number_table import NumberTable
from margin_core.visible_text import visible_text

NOW = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)
NAMES = ("<script>alert(1)</script>", "\" onload='x'", "gpj.\u202eexe")
TASKS = (LabelFlips(), Prototypes(), DecisionBoundary())
RANDOM = np.random.default_rng(0)


def make_study(n=120, wrong=6, **parts):
    truth = np.repeat(np.arange(3), n // 3)
    points = np.random.default_rng(1).normal(size=(n, 4)) + 7 * np.eye(3, 4)[truth]
    labels = truth.copy()
    labels[:wrong] = 1
    parts = {
        "labels": labels,
        "class_names": NAMES,
        "embedding": points,
        "ids": [f"<b>{i}</b>" for i in range(n)],
    } | parts
    return Study.build(name="<i>mine</i>", **parts)


def open_in_memory(study, notes=()):
    return Opened(study=study, notes=tuple(map(assumption, notes)), workspace=None, source=Path("/data/<u>pets</u>"))


def make_report(study, folder, tasks=TASKS, decide=(), notes=(), **options):
    opened = open_in_memory(study, notes)
    with ReviewStore(folder / "review.sqlite") as store:
        store.append([decision(study, *one, seq) for seq, one in enumerate(decide, 1)])
        found = [explain(task, study) for task in tasks]
        return collect_report(opened, tasks, found, store, made_at=NOW, program_version="9.9", **options)


def decision(study, row, verdict, new, reviewer, seq):
    return Decision(
        study=study_key(study), study_fingerprint=study.fingerprint, task="label_flips", sample_id=str(study.ids[row]),
        verdict=verdict, old_label=study.class_names[study.labels[row]], new_label=new, reviewer=reviewer,
        decided_at=NOW, client="test", seq=seq, note="<svg onload=alert(2)>",
    )  # fmt: skip


class Reader(HTMLParser):
    """Collects elements with their attributes, and the text of the page."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text, self.unclosed = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("img", "meta", "br"):
            self.unclosed.append(tag)

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag

    def handle_data(self, data):
        self.text += data if self.unclosed[-1:] != ["style"] else ""


def read(html):
    reader = Reader(html)
    assert reader.unclosed == []
    return reader


def cells(html, key):
    """Return the rows of the tables of a section, each as its texts."""
    section = html[html.index(f'<section id="{key}">') :].split("</section>")[0]
    return [
        [read(cell).text for cell in re.findall(r"<t[dh][ >].*?</t[dh]>", row)] for row in section.split("<tr>")[1:]
    ]


@pytest.fixture
def hostile(tmp_path):
    study = make_study()
    decided = [(0, Verdict.RELABEL, NAMES[0], "<img src=x>"), (50, Verdict.KEEP, NAMES[1], "<img src=x>")]
    return make_report(study, tmp_path, decide=decided, notes=["2 files: '</style><script>'"])


@pytest.mark.slow
def test_nothing_runs_and_nothing_outside_is_named(hostile):
    html = render_report(hostile)
    reader = read(html)
    tags = {tag for tag, _ in reader.elements}
    assert not tags & {"script", "iframe", "object", "embed", "link", "form", "base", "i", "u", "use", "foreignobject"}
    for tag, attributes in reader.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert attributes.get("href", "#").startswith("#")
        assert attributes.get("src", "data:image/").startswith("data:image/")
    assert not re.search(r"https?:|@import|url\((?!#)", html)
    assert "default-src 'none'" in html


@pytest.mark.slow
def test_hostile_names_are_shown_as_text(hostile):
    text = read(render_report(hostile)).text
    shown = ("<script>alert(1)</script>", "\" onload='x'", "gpj.\\u202eexe", "<i>mine</i>", "<b>0</b>", "<img src=x>",
             "<svg onload=alert(2)>", "/data/<u>pets</u>", "2 files: '</style><script>'")  # fmt: skip
    assert [name for name in shown if name not in text] == []
    assert "\u202e" not in text


@pytest.mark.slow
def test_the_same_input_makes_the_same_file(hostile, tmp_path):
    assert render_report(hostile) == render_report(hostile)
    write_report(hostile, tmp_path / "new" / "r.html")
    assert (tmp_path / "new" / "r.html").read_text(encoding="utf-8") == render_report(hostile)


@pytest.mark.slow
def test_numbers_are_those_of_explain_and_estimate(tmp_path):
    study = make_study()
    report = make_report(study, tmp_path)
    html = render_report(report)
    estimate = estimate_errors(study)
    expected = estimate.to_frame().query("role == 'suspect'")
    rows = cells(html, "label_flips")
    assert rows[0] == ["Id", "Class", "Label error score", "P(label error)", "90 % interval", "Neighbors agree",
                       "P(given)", "P(suggested)"]  # fmt: skip
    assert len(rows) - 1 == len(expected) == 6
    for row, (_, one) in zip(rows[1:], expected.iterrows(), strict=True):
        assert row == [
            one["id"], visible_text(f"{one['given']} → {one['suggested']}"), f"{one['label_error_score']:.3f}",
            f"{one['p_label_error']:.2f}", f"{one['p_low']:.2f}–{one['p_high']:.2f}",
            f"{one['neighbours_agreeing']} of {one['neighbours_counted']}", f"{one['p_given']:.2f}",
            f"{one['p_suggested']:.2f}",
        ]  # fmt: skip
    count = estimate.count
    text = read(html).text
    assert (
        f"{count.median:,} of 120 labels are wrong, by estimate; 95 % interval {count.low:,} to {count.high:,}" in text
    )
    boundary = explain(DecisionBoundary(), study).findings
    assert [row[0] for row in cells(html, "decision_boundary")[1:]] == boundary.ids[:100].tolist()
    assert [row[2] for row in cells(html, "decision_boundary")[1:]] == [
        f"{score:.3f}" for score in boundary.scores[:100]
    ]


def test_at_most_so_many_findings_are_shown_and_all_are_counted(tmp_path):
    html = render_report(make_report(make_study(), tmp_path, max_findings=4))
    text = read(html).text
    assert "Most suspect first: 4 of 6 shown" in text
    assert "Nearest to a boundary: 4 of 120 shown" in text
    assert len(cells(html, "label_flips")) - 1 == 4
    assert len([row for row in cells(html, "prototypes") if row[0] != "Id"]) == 4


@pytest.mark.slow
def test_decisions_are_counted_and_changes_listed(tmp_path):
    study = make_study()
    decided = [
        (0, Verdict.RELABEL, NAMES[0], "anna"), (1, Verdict.EXCLUDE, None, "anna"), (2, Verdict.KEEP, NAMES[1], "ben"),
        (3, Verdict.SKIP, None, "ben"),
    ]  # fmt: skip
    html = render_report(make_report(study, tmp_path, decide=decided))
    rows = cells(html, "decisions")
    assert rows[:4] == [
        ["Reviewer", "Relabeled", "Kept", "Excluded", "Skipped", "All"],
        ["anna", "1", "0", "1", "0", "2"], ["ben", "0", "1", "0", "1", "2"], ["all", "1", "1", "1", "1", "4"],
    ]  # fmt: skip
    assert [row[:3] for row in rows[5:]] == [["<b>1</b>", NAMES[1], "excluded"], ["<b>0</b>", NAMES[1], NAMES[0]]]
    reviewed = [row for row in cells(html, "label_flips") if row[0] == "<b>0</b>"]
    assert reviewed[0][3:5] == ["1.00", "1.00–1.00"]
    assert reviewed[0][-1] == f"relabeled to {NAMES[0]} by anna"
    assert "2 found so far" in read(html).text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "shown"),
    [
        (TextList(tuple(f"text & <em>{i}</em>" for i in range(120))), "text & <em>0</em>"),
        (NumberTable(np.arange(240, dtype=np.float32).reshape(120, 2), ("<age>", "hours")), "<age> 0"),
    ],
)
def test_texts_and_rows_are_shown_as_such(tmp_path, inputs, shown):
    study = make_study(inputs=inputs)
    html = render_report(make_report(study, tmp_path, [LabelFlips()]))
    assert cells(html, "label_flips")[0][1] == "Sample"
    assert html.count('<tr class="near-row">') == len(cells(html, "label_flips")) - 1
    assert shown in " ".join(row[1] for row in cells(html, "label_flips"))
    assert "<img" not in html


@pytest.mark.slow
def test_samples_without_label_or_features_are_counted(tmp_path):
    study = make_study()
    labels, points = np.array(study.labels), np.array(study.embedding)
    labels[60:70], points[70:72] = -1, np.nan
    html = render_report(make_report(make_study(labels=labels, embedding=points), tmp_path))
    data = dict(row for row in cells(html, "data") if len(row) == 2)
    assert (data["With a label"], data["Without a label"], data["Unreadable"]) == ("110", "10", "2")


def test_a_study_without_labels_has_a_report(tmp_path):
    study = Study.build(embedding=RANDOM.normal(size=(80, 3)), name="plain")
    html = render_report(make_report(study, tmp_path, [Prototypes()]))
    assert '<section id="estimate">' not in html
    assert len(cells(html, "prototypes")) > 2


def test_other_tasks_are_shown_by_their_evidence(tmp_path):
    study = make_study(columns={"size": np.arange(120.0)})
    html = render_report(make_report(study, tmp_path, [ContextualOutliers(column="size")]))
    assert cells(html, "contextual_outliers")[0] == ["Id", "Score", "Value", "Expected", "Difference"]


@pytest.mark.parametrize(
    "inputs",
    [
        np.zeros((120, 3, 3), dtype=np.uint8) + np.arange(120, dtype=np.uint8)[:, None, None],
        TextList(tuple(f"word{i % 3} again" for i in range(120))),
        NumberTable(np.arange(240, dtype=np.float32).reshape(120, 2), ("age", "hours")),
    ],
    ids=["pictures", "texts", "rows"],
)
def test_a_finding_that_is_no_sample_has_its_own_name_and_shows_none(tmp_path, inputs):
    found = explain(LabelFlips(), make_study(inputs=inputs))
    domain = replace(found.domain, ids=np.array([f"variable {i}" for i in range(120)]), rows=np.full(120, NO_ROW))
    findings = replace(found.findings, ids=domain.ids[found.nodes])
    of_variables = replace(
        found, task="a task of a script", steps=replace(found.steps, domain=domain), findings=findings
    )
    study = make_study(inputs=inputs, ids=[f"sample {i}" for i in range(120)])
    decided = [(119, Verdict.KEEP, study.class_names[2], "someone")]
    html = render_report(replace(make_report(study, tmp_path, [], decided), explanations=(of_variables,)))
    head, *rows = cells(html, "a task of a script")
    assert head[:2] == ["Id", "Score"] and "Decision" not in head
    assert {row[0].split()[0] for row in rows} == {"variable", "Id"}  # a table for each role
    section = html[html.index('<section id="a task of a script">') :].split("</section>")[0]
    assert "<img" not in section and "sample 119" not in section


def test_a_sample_and_a_finding_that_is_none_stand_in_one_list(tmp_path):
    pictures = np.zeros((120, 3, 3), dtype=np.uint8)
    found = explain(LabelFlips(), make_study(inputs=pictures))
    rows = found.domain.rows.copy()
    rows[found.nodes[0]] = NO_ROW
    mixed = replace(found, task="mixed", steps=replace(found.steps, domain=replace(found.domain, rows=rows)))
    study = make_study(inputs=pictures)
    html = render_report(replace(make_report(study, tmp_path, [], max_findings=4), explanations=(mixed,)))
    first, second = html[html.index('<section id="mixed">') :].split('<li class="card">')[1:3]
    assert "<img" not in first and element("div", str(found.findings.ids[0])).text[5:-6] in first
    assert "<img" in second


def test_adversarial_statistics_come_with_areas_and_what_they_are_not(tmp_path):
    html = render_report(make_report(fashion(), tmp_path, [AdversarialStatistics(eps=0.2)]))
    assert "Area under the ROC curve with 95 % interval (signal: kde): " in html
    assert "This characterizes attacked samples; it is no defense" in html
    assert "FGSM (norm inf, 0.2) changed the predicted class of " in html


class Bright:
    """A model that looks at the brightness of pictures."""

    fingerprint = "bright"

    def probabilities(self, inputs):
        share = np.asarray(inputs, dtype=np.float64).reshape(len(inputs), -1).mean(axis=1) / 255
        return np.column_stack([share, 1 - share, 0 * share])


def test_a_heatmap_stands_beside_its_sample(tmp_path):
    pictures = RANDOM.integers(0, 255, (120, 12, 12), dtype=np.uint8)
    study = make_study(inputs=pictures, model=Bright())
    html = render_report(make_report(study, tmp_path, [Saliency(sample="<b>3</b>", evaluations=32)]))
    section = html[html.index('<section id="saliency">') :].split("</section>")[0]
    assert re.search(r"\d parts that support the class", section)
    assert section.count("<img ") == 2


@pytest.mark.slow
def test_photographs_make_a_file_that_can_be_sent(tmp_path):
    class Photographs:
        fingerprint = "photographs"

        def __len__(self):
            return 120

        def __getitem__(self, row):
            return np.random.default_rng(row).integers(0, 256, (1000, 1000, 3), dtype=np.uint8)

    labels = np.repeat(np.arange(3), 40)
    study = make_study(inputs=Photographs(), labels=labels)
    html = render_report(make_report(study, tmp_path, [DecisionBoundary()]))
    assert html.count('<img src="data:image/jpeg') == 100
    assert len(html.encode()) < 10_000_000


@pytest.mark.slow
def test_a_picture_that_cannot_be_read_is_said(tmp_path):
    study = make_study(inputs=np.zeros((120, 4, 4, 2), dtype=np.uint8))
    assert "is not a picture" in read(render_report(make_report(study, tmp_path, [LabelFlips()]))).text


def test_texts_and_attributes_are_escaped():
    assert element("p", "<&>", title='"<').text == '<p title="&quot;&lt;">&lt;&amp;&gt;</p>'
    assert element("p", "a\u202eb\nc", title="\ud800").text == '<p title="\\ud800">a\\u202eb\nc</p>'
