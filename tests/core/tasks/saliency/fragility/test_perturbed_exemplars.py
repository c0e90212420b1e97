"""The samples that support a prediction, before and after a change of the picture."""

import numpy as np
import pytest
from fashion import fashion

from margin_core import Study
from margin_core.errors import MissingPart, ModelError, ParameterError
from margin_core.tasks.saliency.fragility import (  # fmt: skip
    fit_influence_probe,
    perturb_exemplars,
)

ROWS = (0, 5)


def test_the_samples_that_hold_an_answer_up_share_its_label():
    study = fashion()
    probe = fit_influence_probe(study)
    found = [perturb_exemplars(study, probe, row, 8, "random") for row in ROWS]
    for one in (one for one in found if one is not None):
        message = probe.classes[probe.predict(study.embedding[[ROWS[found.index(one)]]])]
        assert (study.labels[one.rows_before] == message).mean() >= 0.6
        assert one.predicted == message
        assert len(one.support_before) == len(probe.rows)


@pytest.mark.slow
def test_examples_are_fragile_and_attacks_do_more_than_random_changes():
    study = fashion()
    probe = fit_influence_probe(study)
    both = [
        [perturb_exemplars(study, probe, row, 16, kind) for kind in ("random", "attack")]
        for row in (*ROWS, 8, 11, 20, 30)
    ]
    kept = [(random, attack) for random, attack in both if random is not None and attack is not None]
    assert len(kept) >= 4
    assert np.mean([attack.survived for _, attack in kept]) < np.mean([random.survived for random, _ in kept])
    assert np.mean([attack.correlation for _, attack in kept]) < np.mean([random.correlation for random, _ in kept])
    for found in (one for pair in kept for one in pair):
        assert np.abs(found.after.astype(int) - found.before).max() <= 16
        after = study.model.embed(found.after[None])
        before = study.model.embed(found.before[None])
        assert probe.predict(after) == probe.predict(before)


def test_examples_need_the_model_that_made_the_features():
    study = fashion()
    other = Study.build(
        name="other", embedding=study.embedding + 1, labels=study.labels, inputs=study.inputs, model=study.model,
        class_names=study.class_names,
    )  # fmt: skip
    with pytest.raises(ModelError) as raised:
        perturb_exemplars(other, fit_influence_probe(other), 0, 8)
    assert str(raised.value) == (
        "The features of study 'other' are not what its model sees in sample '0', so a change of the picture cannot be "
        "followed to them. Open the pictures with the model that made the features."
    )
    with pytest.raises(ParameterError, match="A picture cannot be changed by 'mass_center'"):
        perturb_exemplars(study, fit_influence_probe(study), 0, 8, "mass_center")
    with pytest.raises(ParameterError, match="eps must be between 1 and 255 and steps at least 1; got 0 and 10"):
        perturb_exemplars(study, fit_influence_probe(study), 0, 0)
    alike = Study.build(name="alike", embedding=study.embedding, labels=np.zeros(200, int), class_names=("a", "b"))
    with pytest.raises(MissingPart, match="has no labels of two classes to learn from"):
        fit_influence_probe(alike)
