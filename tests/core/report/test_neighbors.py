"""Neighbors in a report: words in common, aligned values that differ, and text that is only text."""

import re

import numpy as np
import pytest

from margin_core.evidence import ColumnPlaces, WordEvidence
from margin_core.protocol import explain
from margin_core.report.findings import NEIGHBORS_SHOWN, describe_findings, nearest_rows
from margin_core.report.neighbors import MAX_COLUMNS, MAX_LETTERS, show_neighbors
from margin_core.report.samples import SampleViews
from margin_core.tasks import LabelFlips, Prototypes
from margin_core.values import UNLABELED, Study


def test_the_words_in_common_are_marked_in_the_parts_around_them():
    texts = ["win a prize", f"<script>{'lorem ' * 300}prize {'ipsum ' * 300}", "see you soon", "soon"]
    study = Study.build(inputs=texts, labels=["spam", "ham", "ham", None])
    html = show_neighbors(SampleViews.from_study(study), 0, 1, [1, 3]).text
    assert html.count("<mark") == 1 and '<mark class="near"><bdi>prize</bdi></mark>' in html
    assert "<b><bdi>ham</bdi></b>" in html and "no label" in html
    assert "<script>" not in html and len(html) < 2 * MAX_LETTERS + 400
    assert WordEvidence.from_study(study).shared_words(texts[0], texts[1]) == {"prize": 1.0}


def test_rows_are_aligned_in_the_most_unusual_columns_and_differences_marked():
    values = np.random.default_rng(0).normal(size=(60, 9)).astype(np.float32)
    values[5, 7] = 30
    study = Study.build(inputs=values, labels=np.arange(60) % 2, class_names=["low", "<b>high</b>"])
    places = ColumnPlaces.from_study(study)
    html = show_neighbors(SampleViews.from_study(study), 5, 1, [6, 7]).text
    head, own, *others = re.findall(r'<div class="(?:soft )?line">.*?</div>', html)
    assert head.count("<span><bdi>") == MAX_COLUMNS and head.index("column 8") < head.index("column ") + 10
    assert "This sample" in own and "<mark" not in own and "30" in own
    shown = [int(name) - 1 for name in re.findall(r"column (\d+)", head)]
    for line, other in zip(others, (6, 7), strict=True):
        differs = places.differs(5, other)[shown]
        assert line.count("<mark") == differs.sum() > 0
        cells = re.findall(r"<span>(?:<mark[^>]*>)?<bdi>(.*?)</bdi>", line)
        assert cells == places.written(other, shown)
    assert "&lt;b&gt;high" in html and "<b>high" not in html


@pytest.mark.parametrize("inputs", [None, np.zeros((4, 3, 3), dtype=np.uint8)])
def test_pictures_and_samples_without_inputs_have_none(inputs):
    study = Study.build(embedding=np.eye(4), inputs=inputs, labels=[0, 1, 0, 1])
    assert show_neighbors(SampleViews.from_study(study), 0, 0, [1, 2]) is None


def test_suspects_are_shown_with_their_nearest_neighbors_and_other_findings_without():
    values = np.random.default_rng(0).normal(size=(60, 3)) + 9 * (np.arange(60) % 2)[:, None]
    labels = np.arange(60) % 2
    labels[8] = 1
    study = Study.build(embedding=values, inputs=values, labels=labels)
    found = explain(LabelFlips(), study)
    assert found.rows[0] == 8
    near = nearest_rows(found, 0)
    apart = np.linalg.norm(values - values[8], axis=1)
    assert near == tuple(np.argsort(apart)[1 : NEIGHBORS_SHOWN + 1].tolist())
    (group,) = describe_findings(found, study, None, 1).groups
    assert group.findings[0].neighbors == near
    assert nearest_rows(explain(Prototypes(), study), 0) == ()
    assert show_neighbors(SampleViews.from_study(study), 8, UNLABELED, ()) is None
