"""Names of the classes of samples, for the evidence of a ranking."""

from __future__ import annotations

import numpy as np

from margin_core.values import Ints, Study, Texts


def to_class_names(study: Study, classes: Ints) -> Texts:
    """Return the name of the class of each sample.

    Parameters
    ----------
    study : Study
        Has class names.
    classes : int array (m,)
        Class numbers; -1 where there is none.

    Returns
    -------
    array of str (m,)
        Empty where there is no class.
    """
    names = np.array([*study.class_names, ""])
    return names[classes]  # -1 takes the last
