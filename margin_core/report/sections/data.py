"""What was audited: the data as read, and what was left out or assumed."""

from __future__ import annotations

from margin_core.report.blocks import fact_table, figure
from margin_core.report.charts import MAX_BARS, class_bars, confusion_bars
from margin_core.report.collect import Report
from margin_core.report.markup import Child, Html, element, named
from margin_core.values import UNLABELED, Need

DATA_QUALITY = {
    "unlabelled": "Without a label",
    "unranked": "Labeled, not ranked",
    "unreadable": "Unreadable",
    "exact_duplicates": "Exact duplicates",
    "near_duplicates": "Near duplicates",
    "conflicting_duplicates": "Conflicting duplicates",
}
"""Groups of the overview by name, in words."""


def data_section(report: Report) -> Child:
    """Return the section on the data of a report.

    Parameters
    ----------
    report : Report

    Returns
    -------
    Html or sequence of Html
    """
    study, overview = report.study, report.overview
    labeled = int((study.labels != UNLABELED).sum()) if study.has(Need.LABELS) else 0
    read: list[tuple[str, Child]] = [
        ("Source", named(report.source) if report.source else "in memory"),
        ("Samples", len(study)),
        ("Classes", len(study.class_names)),
        ("Features", study.features if study.has(Need.EMBEDDING) else "none"),
        ("Class probabilities", _probabilities(report)),
    ]
    quality: list[tuple[str, Child]] = [("With a label", labeled)]
    if overview is not None:
        quality += [(words, len(overview.groups[name])) for name, words in DATA_QUALITY.items()]
    notes = element("ul", (element("li", note) for note in report.notes), class_="notes")
    figures: list[Html] = []
    if overview is not None and overview.classes:
        most = f" The {MAX_BARS} with the most suspects." if len(overview.classes) > MAX_BARS else ""
        figures.append(
            figure("Classes", class_bars(overview.classes), f"Samples of each class; hatched: suspect.{most}")
        )
    if overview is not None and overview.confusions:
        bars = confusion_bars(overview.confusions, study.class_names)
        figures.append(figure("Confused classes", bars, f"Given → suggested class, {overview.suspects:,} suspects."))
    return [
        element("div", fact_table(read), fact_table(quality), class_="side"),
        element("h3", "Left out or assumed"),
        notes if report.notes else element("p", "Nothing was left out or assumed.", class_="none"),
        element("div", figures, class_="side"),
    ]


def _probabilities(report: Report) -> str:
    if not report.study.has(Need.PROBABILITIES):
        return "none"
    if report.study.predictor:
        return f"{report.study.predictor}, out of sample"
    return "out of sample" if report.study.out_of_sample else "perhaps fitted on these labels; not used in ranking"
