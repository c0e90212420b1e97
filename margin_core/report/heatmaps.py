"""The explanation of one sample: what was important in it."""

from __future__ import annotations

import numpy as np

from margin_core.report.markup import Html, element, named
from margin_core.report.samples import show_picture, show_sample
from margin_core.study.inputs.sample_display import shown_kind
from margin_core.values import NO_ROW, Explanation, Study

MAX_PARTS = 20
"""Words or columns that are listed."""

_CIVIDIS = np.array(
    [(0, 32, 76), (42, 61, 109), (86, 92, 108), (124, 123, 120), (165, 156, 116), (211, 193, 100), (255, 233, 69)]
)


def show_heatmap(study: Study, explanation: Explanation) -> Html:
    """Return a sample and the importance of its parts.

    Parameters
    ----------
    study : Study
    explanation : Explanation
        With a heatmap.

    Returns
    -------
    Html
        A picture has its heatmap beside it; of a text or row, the most important words or columns are listed.
    """
    row = int(explanation.rows[0])
    sample = None
    if row != NO_ROW:
        sample = element("figure", show_sample(study, row), element("figcaption", named(str(study.ids[row]))))
    if shown_kind(study) == "picture":
        shades = np.linspace(0, 1, len(_CIVIDIS))
        pixels = np.stack([np.interp(explanation.heatmap, shades, part) for part in _CIVIDIS.T], axis=-1)
        picture = show_picture(pixels.astype(np.uint8), "heatmap of the sample")
        heat = element("figure", picture, element("figcaption", "Importance: dark = none, yellow = most."))
        return element("div", sample, heat, class_="heat")
    found = explanation.findings
    listed = (
        element("tr", element("td", named(str(name))), element("td", f"{score:.3f}", class_="number"))
        for name, score in zip(found.ids[:MAX_PARTS].tolist(), found.scores[:MAX_PARTS].tolist(), strict=True)
    )
    head = element("thead", element("tr", element("th", "Part"), element("th", "Score", class_="number")))
    return element("div", sample, element("table", head, element("tbody", listed)), class_="heat")
