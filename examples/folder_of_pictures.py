"""Audit a folder of pictures, one subfolder per class, without a model of your own."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from margin_core import explain, load_study
from margin_core.tasks import LabelFlips, Prototypes


def write_pictures(folder: Path) -> None:
    """Write 48 pictures of threes, fives and sixes, two of them in a wrong folder. You have your own."""
    digits = load_digits()
    for digit in (3, 5, 6):
        for number, row in enumerate(np.flatnonzero(digits.target == digit)[:16]):
            name = "6" if (digit, number) in {(3, 7), (5, 11)} else str(digit)
            (folder / name).mkdir(exist_ok=True)
            picture = Image.fromarray((digits.images[row] * 15.9).astype(np.uint8)).resize((64, 64))
            picture.save(folder / name / f"a-{digit}-{number}.png")


with TemporaryDirectory() as temporary:
    folder = Path(temporary)
    write_pictures(folder)

    # Without --model or model=, pictures are embedded with EfficientNet-Lite0, which comes with the installation.
    study = load_study(folder)
    print(study)

    findings = explain(LabelFlips(), study).to_frame()
    print(findings[["id", "score", "given_label", "suggested_label"]].head(3))

    prototypes = explain(Prototypes(), study).to_frame().query("role == 'prototype'")
    print(prototypes[["id", "class_name", "stands_for"]].head(3))

# The same without Python; and in the browser, where you review the labels:
#   margin audit path/to/pictures --out audit
#   margin open path/to/pictures
