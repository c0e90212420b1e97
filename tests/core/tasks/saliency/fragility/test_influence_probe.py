"""What a sample contributes to a prediction: against fitting again without it."""

import numpy as np
import pytest
from fashion import fashion

from margin_core import Study
from margin_core.probe.in_sample import fit_in_sample_probe
from margin_core.probe.self_influence import compute_self_influence
from margin_core.tasks.saliency.fragility import (  # fmt: skip
    fit_influence_probe,
)


def test_support_is_what_happens_when_a_sample_is_forgotten():
    """Against the influence of samples on themselves, and by fitting again without one."""
    study = fashion()
    probe = fit_influence_probe(study)
    features = study.embedding[probe.rows[:5]]
    own = [probe.support(features[None, i], int(probe.place[i]))[i] for i in range(5)]
    fitted = fit_in_sample_probe(study, np.isin(np.arange(len(study)), probe.rows))
    expected = compute_self_influence(fitted, np.isin(np.arange(len(study)), probe.rows))[probe.rows[:5]]
    np.testing.assert_allclose(own, expected, rtol=0.02)


@pytest.mark.slow
def test_many_classes_have_a_whole_hessian_of_fewer_features():
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 60
    points = rng.normal(size=(60, 40))[labels] * 3 + rng.normal(size=(300, 40))
    probe = fit_influence_probe(Study.build(name="many", embedding=points, labels=labels))
    assert len(probe.inverse) <= 2_000
    assert probe.points.shape == (300, 33)
