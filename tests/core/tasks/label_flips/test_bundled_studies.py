"""What the default ranking promises on the bundled studies, beside cleanlab on the same probabilities."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from margin_core import explain
from margin_core.study import load_study
from margin_core.tasks import LabelFlips

SAMPLES = Path(__file__).resolve().parents[4] / "sample_data"
CLEANLAB = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")


@pytest.fixture(params=["digits", "fashion"])
def bundled(request):
    study = load_study(SAMPLES / request.param)
    truth = np.load(SAMPLES / request.param / "truth.npz")["labels"]
    return study, truth != study.labels


def ranking(study, task):
    explanation = explain(task, study)
    return explanation.rows, explanation.findings.scores


@pytest.mark.slow
def test_the_default_is_at_least_as_precise_as_cleanlabs_best(bundled):
    from cleanlab.rank import get_label_quality_scores  # imports all of Hugging Face's data sets

    study, wrong = bundled
    rows, scores = ranking(study, LabelFlips())
    probabilities = np.asarray(study.probabilities, dtype=float)
    theirs = [
        average_precision_score(wrong, 1 - get_label_quality_scores(study.labels, probabilities, method=method))
        for method in CLEANLAB
    ]
    assert average_precision_score(wrong[rows], scores) >= max(theirs)


@pytest.mark.slow
def test_the_default_beats_the_papers_ranking_and_plain_disagreement(bundled):
    study, wrong = bundled
    precision = {}
    for task in (LabelFlips(), LabelFlips(method="disagreement"), LabelFlips.as_printed()):
        rows, scores = ranking(study, task)
        precision[task.method] = average_precision_score(wrong[rows], scores)
    assert precision["pooled"] > precision["disagreement"] > precision["margin"]


def test_nearly_all_flips_of_digits_are_in_the_first_tenth():
    study = load_study(SAMPLES / "digits")
    wrong = np.load(SAMPLES / "digits" / "truth.npz")["labels"] != study.labels
    rows, _ = ranking(study, LabelFlips())
    assert wrong[rows[: len(study) // 10]].sum() >= 0.95 * wrong.sum()
