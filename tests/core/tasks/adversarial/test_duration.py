"""How long an attack will take."""

import numpy as np
import pytest
from fashion import fashion

from margin_core import Study
from margin_core.errors import ModelError
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.duration import Speed, estimate_seconds, measure_speed

SPEED = Speed(prediction=0.01, gradient=0.1, candidates=500, reference=400)


def seconds(samples=100, **given):
    return estimate_seconds(SPEED, AdversarialStatistics(**given).attack_parameters(), samples)


def test_time_grows_with_the_gradients_that_are_followed():
    assert seconds(attack="pgd", steps=20) - seconds(attack="fgsm") == pytest.approx(100 * 20 * 0.1)
    assert seconds(attack="carlini_wagner", steps=20, searches=3) - seconds(attack="fgsm") == pytest.approx(590)


def test_no_more_samples_are_attacked_than_there_are():
    assert seconds(200) - seconds(100) == pytest.approx(100 * (0.1 + 3.25 * 0.01))
    assert seconds(500) == seconds(10**6)


def test_a_network_is_measured_on_its_own_pictures():
    found = measure_speed(fashion())
    assert found.prediction > 0 and found.gradient > 0
    assert (found.candidates, found.reference) == (100, 100)


def test_a_model_without_gradients_is_refused():
    study = fashion()

    class BlackBox:
        fingerprint = "black box"
        description = "a black box"

        def probabilities(self, inputs):
            return np.full((len(inputs), 10), 0.1)

    blind = Study.build(labels=study.labels, inputs=study.inputs, class_names=study.class_names, model=BlackBox())
    with pytest.raises(ModelError, match="has none"):
        measure_speed(blind)
