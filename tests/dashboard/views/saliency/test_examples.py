"""Samples that support a prediction, and why there may be none."""

import pytest
from rules import Sum

from dashboard.views.saliency import wording
from dashboard.views.saliency.examples import missing_examples_reason
from margin_core.values import Study

pytestmark = pytest.mark.slow  # A network answers.


def test_where_no_sample_can_be_named_a_sentence_says_why(asked_digits):
    study = asked_digits.study
    assert missing_examples_reason(study) == ""

    def lacking(**parts):
        given = {"inputs": study.inputs, "embedding": study.embedding, "labels": study.labels, "model": study.model}
        return missing_examples_reason(
            Study.build(**{name: part for name, part in (given | parts).items() if part is not None})
        )

    assert lacking(labels=None) == wording.NO_LABELS
    assert lacking(embedding=None) == wording.NO_FEATURES
    assert lacking(model=Sum()) == wording.BLACK_BOX
