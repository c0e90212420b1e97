"""The fragility of every sample, as a column of the study."""

import numpy as np
import pytest
from engines import CountingEngine
from fashion import fashion
from networks import PatchModel

from margin_core import Study
from margin_core.domain import every_sample
from margin_core.errors import Cancelled, MissingPart, ModelError
from margin_core.storage.engine import Run
from margin_core.tasks.contextual_outliers.column_signal import column_signal
from margin_core.tasks.saliency.fragility import (  # fmt: skip
    Fragility,
    fragility,
    perturb,
    recipe_for,
    with_fragility,
)
from margin_core.tasks.saliency.fragility.fragility_column import CHUNK_SIZE


@pytest.mark.slow
def test_the_fragility_of_every_sample_is_a_column_and_a_signal():
    study, engine = fashion(), CountingEngine()
    values = fragility(study, run=Run(engine))
    assert values.shape == (200,) and values.dtype == np.float32
    assert 0 <= values.min() < values.max() <= 1
    assert len(engine.computed) == 1 - (-200 // CHUNK_SIZE)
    np.testing.assert_array_equal(fragility(study, run=Run(engine)), values)
    assert len(engine.computed) == 1 - (-200 // CHUNK_SIZE)
    for row in (0, 7):
        alone = perturb("random", "gradient", study.model, study.inputs[row], 8)
        assert alone is None or values[row] == pytest.approx(1 - alone.change.top_k, abs=0.03)
    more = with_fragility(study, values)
    assert more.fingerprint != study.fingerprint
    np.testing.assert_array_equal(more.columns["fragility"], values)
    signal = column_signal(more, every_sample(more), "fragility")
    np.testing.assert_allclose(signal.values, values)


def test_a_stronger_change_is_worse():
    study = fashion()
    some = Study.build(name="some", inputs=study.inputs[:40], model=study.model, embedding=study.embedding[:40])
    weak, strong = (fragility(some, Fragility(eps=eps)) for eps in (2, 32))
    assert weak.mean() < strong.mean()


def test_the_column_of_a_black_box_and_of_unreadable_pictures():
    model = PatchModel()
    pictures = np.stack([model.picture(seed=seed) for seed in range(3)])
    study = Study.build(
        name="boxed", inputs=pictures, model=model, columns={"unreadable": np.array([False, True, False])}
    )
    found = fragility(study, Fragility(method="occlusion"))
    assert np.isnan(found).tolist() == [False, True, False]
    assert (recipe_for(study).method, recipe_for(fashion()).method) == ("occlusion", "gradient")
    np.testing.assert_array_equal(fragility(study), found)
    with pytest.raises(ModelError, match="needs the gradients of a torch network"):
        fragility(study, Fragility())
    for what, inputs in {"rows of numbers": np.ones((4, 3)), "texts": np.array(["a b", "c"])}.items():
        with pytest.raises(MissingPart) as raised:
            fragility(Study.build(name="flat", inputs=inputs, model=model))
        assert str(raised.value) == (
            f"Study 'flat' has {what}, and there is no picture to change by a little. Open pictures."
        )


@pytest.mark.slow
def test_the_column_goes_on_where_it_was_stopped():
    study, engine = fashion(), CountingEngine()

    def stop(share, text):
        if share > 0.6:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        fragility(study, run=Run(engine, stop))
    done = len(engine.computed)
    assert 0 < done < -(-200 // CHUNK_SIZE)
    fragility(study, run=Run(engine))
    assert len(engine.computed) == 1 - (-200 // CHUNK_SIZE)
