"""The figures of a report: small drawings inside the file, which print sharply and say every number in words too.

Suspect and not suspect differ by hatching as well as by color, so they do without color vision and without color ink.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from margin_core.audit.overview import ClassCount, Confusion
from margin_core.report.markup import Html, element
from margin_core.review.estimates import ErrorCount
from margin_core.values import Doubles

WIDTH = 540
LABEL_WIDTH = 168
VALUE_WIDTH = 112
ROW = 24
MAX_BARS = 30
MAX_LETTERS = 24
SUSPECT, OTHER, INK = "#D55E00", "#7FA8C9", "#3D4650"


def class_bars(counts: Sequence[ClassCount]) -> Html:
    """Draw how many samples each class has, and how many of these are suspect.

    Parameters
    ----------
    counts : sequence of ClassCount
        Of more than 30 classes, those with the most suspects are shown.

    Returns
    -------
    Html
    """
    shown = sorted(counts, key=lambda count: -count.suspects)[:MAX_BARS] if len(counts) > MAX_BARS else counts
    bars = [
        (count.name, ((count.suspects, "url(#hatch)"), (count.samples - count.suspects, OTHER)),
         f"{count.samples:,}, {count.suspects:,} suspect")
        for count in shown
    ]  # fmt: skip
    return _bars(bars, "Samples of each class; the hatched part is suspect.")


def confusion_bars(confusions: Sequence[Confusion], names: Sequence[str], limit: int = 10) -> Html:
    """Draw between which classes the suspects lie.

    Parameters
    ----------
    confusions : sequence of Confusion
        Most frequent first.
    names : sequence of str
        Of the classes.
    limit : int
        Pairs that are shown.

    Returns
    -------
    Html
    """
    bars = [
        (f"{_short(names[pair.given], 11)} → {_short(names[pair.suggested], 11)}", ((pair.count, "url(#hatch)"),),
         f"{pair.count:,}")
        for pair in confusions[:limit]
    ]  # fmt: skip
    return _bars(bars, "Suspects by given and suggested class.")


def count_interval(count: ErrorCount) -> Html:
    """Draw an estimated number with its interval, and how many were found so far.

    Parameters
    ----------
    count : ErrorCount

    Returns
    -------
    Html
    """
    step = _step(max(count.high, 1) * 1.08)
    end = step * math.ceil(max(count.high, 1) * 1.08 / step)
    left, right, middle = 16, WIDTH - 24, 44

    def x(value: float) -> float:
        return round(left + (right - left) * value / end, 1)

    marks = [
        _line(left, middle + 22, right, middle + 22, INK, 1),
        *(
            (_line(x(tick), middle + 22, x(tick), middle + 27, INK, 1),
             _text(x(tick), middle + 42, f"{tick:,}", anchor="middle"))
            for tick in range(0, end + 1, step)
        ),
        _line(x(count.low), middle, x(count.high), middle, SUSPECT, 4),
        _line(x(count.low), middle - 7, x(count.low), middle + 7, SUSPECT, 2),
        _line(x(count.high), middle - 7, x(count.high), middle + 7, SUSPECT, 2),
        element("circle", cx=x(count.median), cy=middle, r=6, fill="#fff", stroke=SUSPECT, stroke_width=3),
        _text(min(max(x(count.median), left + 60), right - 60), middle - 16, f"{count.median:,} by estimate",
              anchor="middle", weight=600),
        element("path", d=f"M{x(count.found)} {middle + 20}l-5 -9h10z", fill=INK) if count.found else None,
    ]  # fmt: skip
    words = f"{count.median:,} wrong labels by estimate; 95 % interval {count.low:,} to {count.high:,}."
    return _drawing(middle + 52, words, marks)


def probability_curve(p: Doubles, low: Doubles, high: Doubles) -> Html:
    """Draw the probability of a label error by place in the ranking, with its interval.

    Parameters
    ----------
    p, low, high : float array (r,)
        In [0, 1], in the order of the ranking.

    Returns
    -------
    Html
    """
    height, left, right, top, base = 210, 44, WIDTH - 16, 12, 164
    places = np.unique(np.linspace(0, len(p) - 1, 240).astype(int))

    def points(values: Doubles, chosen: Sequence[int]) -> str:
        span = max(len(p) - 1, 1)
        return " ".join(
            f"{left + (right - left) * place / span:.1f},{base - (base - top) * float(values[place]):.1f}"
            for place in chosen
        )

    order = places.tolist()
    step = _step(len(p))
    marks = [
        *((_line(left, y, right, y, "#DDE2E7", 1), _text(left - 8, y + 4, words, anchor="end"))
          for y, words in ((top, "1"), ((top + base) / 2, "0.5"), (base, "0"))),
        *((_line(x, base, x, base + 5, INK, 1), _text(x, base + 20, f"{place:,}", anchor="middle"))
          for place in range(0, len(p), step)
          for x in [round(left + (right - left) * place / max(len(p) - 1, 1), 1)]),
        element("polygon", points=f"{points(low, order)} {points(high, order[::-1])}", fill="#F3C9A8"),
        element("polyline", points=points(p, order), fill="none", stroke=SUSPECT, stroke_width=2),
        _text((left + right) / 2, base + 40, "place in the ranking", anchor="middle"),
    ]  # fmt: skip
    return _drawing(height, "P(label error) by place in the ranking; the band is its 90 % interval.", marks)


def hatching() -> Html:
    """Return the pattern that the bars are filled with, to stand once in the document.

    Returns
    -------
    Html
    """
    lines = element("path", d="M-1 1l2 -2M0 6l6 -6M5 7l2 -2", stroke="#fff", stroke_width="1.2")
    ground = element("rect", width=6, height=6, fill=SUSPECT)
    pattern = element("pattern", ground, lines, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return element("svg", element("defs", pattern), width=0, height=0, aria_hidden="true", class_="defs")


def _bars(rows: Sequence[tuple[str, Sequence[tuple[int, str]], str]], description: str) -> Html:
    largest = max((sum(value for value, _ in parts) for _, parts, _ in rows), default=1) or 1
    room = WIDTH - LABEL_WIDTH - VALUE_WIDTH
    marks: list[Html] = []
    for number, (name, parts, words) in enumerate(rows):
        y, x = number * ROW, float(LABEL_WIDTH)
        marks.append(_text(LABEL_WIDTH - 10, y + 16, _short(name, MAX_LETTERS), anchor="end"))
        for value, fill in parts:
            width = room * value / largest
            marks.append(element("rect", x=round(x, 1), y=y + 4, width=round(width, 1), height=ROW - 8, fill=fill))
            x += width
        marks.append(_text(round(x, 1) + 8, y + 16, words))
    return _drawing(max(len(rows), 1) * ROW + 2, description, marks)


def _drawing(height: int, description: str, marks: Sequence[object]) -> Html:
    return element(
        "svg", element("title", description), marks,  # type: ignore[arg-type]
        viewBox=f"0 0 {WIDTH} {height}", width=WIDTH, height=height, role="img",
    )  # fmt: skip


def _text(x: float, y: float, words: str, *, anchor: str | None = None, weight: int | None = None) -> Html:
    return element("text", words, x=x, y=y, text_anchor=anchor, font_weight=weight, unicode_bidi="isolate")


def _line(x1: float, y1: float, x2: float, y2: float, color: str, width: int) -> Html:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=color, stroke_width=width)


def _short(name: str, limit: int) -> str:
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def _step(end: float) -> int:
    """Return a round distance between some five ticks up to `end`."""
    raw = max(end / 5, 1)
    size = 10 ** math.floor(math.log10(raw))
    return int(next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw))
