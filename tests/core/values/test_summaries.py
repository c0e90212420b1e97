"""Values in a terminal and in a notebook: short, with no array in them, and hostile names as text."""

from __future__ import annotations

import numpy as np
import pytest

from margin_core import Study, explain
from margin_core.tasks import LabelFlips, Prototypes

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    labels = np.repeat([HOSTILE, "dog"], 600)
    labels[5] = ""
    return Study.build(
        name=HOSTILE, embedding=rng.normal(size=(1200, 8)) + 6 * (np.arange(1200) >= 600)[:, None], labels=labels,
        probabilities=rng.dirichlet([1, 1], 1200), columns={"file": ["x"] * 1200}, signals={"f": rng.normal(size=1200)},
        graph=np.ones((1200, 1200)) - np.eye(1200),
    )  # fmt: skip


@pytest.fixture(scope="module", params=[LabelFlips(), Prototypes()], ids=lambda task: task.name)
def explanation(request, study):
    return explain(request.param, study)


def test_a_study_says_its_parts(study):
    assert repr(study) == (
        f"Study({HOSTILE}: 1,200 samples, 2 classes, 1 unlabeled, 8 features (the given embedding), out-of-sample "
        "probabilities, given graph of 719,400 edges, signals f, columns file)"
    )


def test_an_explanation_says_its_question_and_its_first_finding(explanation):
    text = repr(explanation)
    assert text.startswith(f"Explanation(task: {explanation.task}, study: {HOSTILE}, graph: 1,200 nodes")
    assert f"first: {explanation.findings.ids[0]} (score" in text


def test_nothing_is_long_or_holds_an_array(study, explanation):
    values = [study, explanation, explanation.findings, explanation.steps, explanation.domain, explanation.graph]
    for value in [*values, explanation.signal, explanation.influence]:
        assert len(repr(value)) < 900
        assert "array(" not in repr(value)
        assert "\n" not in repr(value)


def test_a_notebook_shows_names_as_text(study, explanation):
    for value in (study, explanation, explanation.findings):
        html = value._repr_html_()
        assert "<script" not in html
        assert len(html) < 12_000
    assert "&lt;script&gt;" in study._repr_html_()
