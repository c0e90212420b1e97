"""What the colours of the map mean."""

from __future__ import annotations

import numpy as np

from dashboard.shared.palette import ROLES, STATES, class_colours, score_colours, signed_colours
from dashboard.study.open_study import NO_VALUE, OpenStudy
from dashboard.views.map.component import ClassLegend, LegendEntry, ScoreLegend


def coloured_by(channel: str, title: str, opened: OpenStudy) -> tuple[list[str], ClassLegend | ScoreLegend]:
    """Give the palette of a channel and its legend."""
    if channel in ("suspicion", "influence"):
        return score_colours(), ScoreLegend(kind="score", title=title, low="0", high="1")
    if channel == "fragility":
        low, high = (f"{share:.0%} replaced" for share in opened.fragility_reach())
        return score_colours(), ScoreLegend(kind="score", title=title, low=low, high=high)
    if channel == "boundary":
        return score_colours(), ScoreLegend(kind="score", title=title, low="sure", high="torn")
    if channel == "margin":
        reach = f"{opened.margin_reach():.2g}"
        words = {"low": f"+{reach} for its label", "high": f"-{reach} against its label"}
        return signed_colours(), ScoreLegend(kind="score", title=title, low=words["low"], high=words["high"])
    match channel:
        case "state":
            names, colours = [name for name, _ in STATES], [colour for _, colour in STATES]
        case "typical":
            names, colours = [name for name, _ in ROLES], [colour for _, colour in ROLES]
        case "split":
            names = list(opened.splits)
            colours = class_colours(len(names))
        case _:
            names = list(opened.study.class_names)
            colours = class_colours(len(names))
    codes = opened.channel(channel)
    counts = np.bincount(codes[codes != NO_VALUE], minlength=len(names))
    entries = [
        LegendEntry({"class": number, "name": name, "colour": colour, "count": int(count)})
        for number, (name, colour, count) in enumerate(zip(names, colours, counts, strict=False))
    ]
    return colours[:NO_VALUE], ClassLegend(kind="classes", title=title, entries=entries)
