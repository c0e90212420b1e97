"""What the samples of an exported table are made of, beside their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from margin_core.study.inputs.sample_display import named_values, shown_kind
from margin_core.values import Study

if TYPE_CHECKING:
    import pandas as pd

TEXT = "text"


def with_content(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of labels with the text of each sample, or its values as they were read.

    Parameters
    ----------
    study : Study
    frame : DataFrame (n, ...)
        One row a sample, in the order of the study, from `corrected_labels`.

    Returns
    -------
    DataFrame
        With a column ``text`` for texts; for rows, with their columns, those of features first. A column whose name the
        table has already is called ``value of <name>``. The same table for pictures, and where there are no inputs.
    """
    import pandas as pd  # slow to import, and only tables need it

    content: dict[str, Any] = {}
    match shown_kind(study):
        case "text":
            content[TEXT] = pd.Series([str(study.inputs[row]) for row in range(len(study))], dtype="str")
        case "values":
            content = _columns_of(study)
    named = {f"value of {name}" if name in frame.columns else name: values for name, values in content.items()}
    return pd.concat([frame, pd.DataFrame(named, index=frame.index)], axis=1)


def _columns_of(study: Study) -> dict[str, Any]:
    written = getattr(study.inputs, "written", None)
    names = [one.name for one in named_values(study, 0)]
    if written is not None:
        return {name: written.columns[name].to_pandas().to_numpy() for name in names}
    numbers = np.asarray(study.inputs).reshape(len(study), -1)
    return {name: numbers[:, column] for column, name in enumerate(names)}
