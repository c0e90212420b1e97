"""Two hundred pictures of the bundled study of clothes, with the network that made its features."""

from functools import cache
from pathlib import Path

import numpy as np

from margin_core import Study
from margin_core.study.models import load_model

FASHION = Path(__file__).parents[1] / "sample_data" / "fashion"


@cache
def fashion() -> Study:
    """Load 200 pictures of the bundled study with the network that made its features."""
    model = load_model(f"small_cnn:{FASHION / 'model.safetensors'}")
    with np.load(FASHION / "study.npz", allow_pickle=False) as kept:
        pictures, labels = kept["inputs"][:200], kept["labels"][:200]
    return Study.build(
        name="fashion", embedding=model.embed(pictures), labels=labels, inputs=pictures, model=model,
        class_names=model.class_names,
    )  # fmt: skip
