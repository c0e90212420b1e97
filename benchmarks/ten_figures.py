"""The ten figures that matter, beside their peers and with their losses: chosen by hand, read from the kept results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from record import RESULTS, Part, shown, with_unit

HEAD = """# Benchmarks

The ten most important figures, each compared with the best other method, and with what it does not show. This page is
generated from `benchmarks/results/` by `benchmarks/ten_figures.py`; do not edit it. All figures, with their conditions
and standard deviations: [all figures](all.md). The other methods were run on the same data and the same machine.

| | figure | MARGIN | other methods | where MARGIN loses, or what the figure does not show |
|---:|---|---:|---|---|
"""

TAIL = """
Errors were planted in real data, so that the true labels are known; your errors may be of another kind. Wall times were
measured on one machine with two cores and no GPU.

To measure again: `make benchmarks`, or one part with `python benchmarks/run.py --only speed`.

```{toctree}
:hidden:

all
```
"""


@dataclass(frozen=True)
class Results:
    """The kept results, by part."""

    folder: Path

    def line(self, part: str, what: str) -> str:
        """Return a figure with its unit."""
        found = next(line for line in Part.read(self.folder / f"{part}.json").lines if line.what == what)
        return with_unit(found.figure, found.unit)

    def value(self, part: str, title: str, row: str, column: str) -> float:
        """Return the mean in a cell of a table."""
        table = next(table for table in Part.read(self.folder / f"{part}.json").tables if table.title == title)
        cell = table.rows[row][table.columns.index(column)]
        assert cell is not None, f"{title}: {row}, {column} was not measured"
        return cell[0]

    def cell(self, part: str, title: str, row: str, column: str) -> str:
        """Return the mean in a cell of a table as text."""
        return shown(self.value(part, title, row, column))


@dataclass(frozen=True)
class Figure:
    """One row of the page."""

    what: str
    ours: str
    peer: str
    loses: str


def ten(results: Results) -> tuple[Figure, ...]:
    """Select the ten figures."""
    line, cell = results.line, results.cell
    by_source, errors = "Before reviews, by source", "Prototypes: error of the nearest one"
    same_audit, paper_recall = "the same audit: average precision over Datalab's", "recall at 30%: the paper's text"
    paper_rule = "the paper's rule as printed"
    auc = "Misclassified or not, labels as predicted: AUC"
    first = "Mean p1 - p2 of the first 20 over that of all, labels as predicted"
    photos, seven = "Faithfulness on 110 photographs", "All methods, on 7 of them"
    return (
        Figure(
            "Ranking of wrong labels, four data sets, three kinds of planted errors: mean average precision divided by "
            "that of the best other method",
            line("label_errors", "planted errors: mean average precision over the best other method's"),
            "1, the best of ten published rankings, including two of cleanlab's",
            f"Best in {line('label_errors', 'planted errors: conditions in which the default is the best ranking')} "
            "conditions. Errors near a class boundary are ranked better by neighbors alone or by a class margin",
        ),
        Figure(
            "The same audit as cleanlab's Datalab: speed and average precision, each divided by Datalab's",
            f"{line('speed', 'graph + label flips: times faster than Datalab')}, {line('speed', same_audit)}",
            "1, Datalab with the same features",
            "In the same time, Datalab also looks for outliers and near duplicates",
        ),
        Figure(
            "Enron-Spam, 10 % of the labels of each class wrong: share of them found in the first 30 % of the queue",
            line("enron", "recall at 30%: the default"),
            f"{line('enron', paper_recall)}, the filter of the paper's text; "
            f"{line('enron', 'recall at 30%: self-influence')}, self-influence",
            f"Plain disagreement of the neighbors reaches {line('enron', 'recall at 30%: disagreement alone')}, so "
            "most of the result is due to the graph",
        ),
        Figure(
            "False discovery rate of labels flagged with a maximum of 10 %, the worst of three kinds of errors, mean "
            "over studies",
            line("error_estimates", "false alarms at q = 10%, confusable"),
            "0.1, the limit",
            "It is an average. For confusable errors in Fashion-MNIST before reviews it is "
            f"{cell('error_estimates', by_source, 'confusable, Fashion-MNIST', 'false at 10%')}",
        ),
        Figure(
            "Share of studies in which the 95 % interval contains the true number of wrong labels, the worst of three "
            "kinds of errors",
            line("error_estimates", "interval of the number of errors holds, confusable"),
            "0.95, the nominal value",
            "The interval is wide: before reviews its upper end is on average "
            f"{cell('error_estimates', 'How many labels are wrong', 'confusable, before reviews', 'high / true')} "
            "times the true number",
        ),
        Figure(
            "USPS, test error of the nearest-prototype classifier with 50 prototypes, selected within each class",
            cell("prototypes", errors, "the default, per class", "50"),
            f"{cell('prototypes', errors, 'MMD-critic, per class', '50')}, MMD-critic; "
            f"{cell('prototypes', errors, paper_rule, '50')}, the paper's rule",
            f"k-medoids has {cell('prototypes', errors, 'k-medoids, per class', '50')}, with a separate selection for "
            "each number",
        ),
        Figure(
            "USPS, ten classes: AUC for detecting misclassified samples by their distance from the decision boundary",
            cell("boundary", auc, "smoothed class margin", "all ten"),
            f"{cell('boundary', auc, 'margin p1 - p2', 'all ten')}, the plain class margin; "
            f"{cell('boundary', auc, 'MARGIN as printed', 'all ten')}, the paper's",
            "Its first 20 samples are farther from the boundary than the plain margin's: "
            f"{cell('boundary', first, 'smoothed class margin', 'all ten')} of the mean margin against "
            f"{cell('boundary', first, 'margin p1 - p2', 'all ten')}",
        ),
        Figure(
            "Heatmaps of 110 photographs: insertion (larger is better) and deletion (smaller is better)",
            f"{cell('saliency', photos, 'MARGIN (default)', 'insertion')}, "
            f"{cell('saliency', photos, 'MARGIN (default)', 'deletion')}",
            f"{cell('saliency', photos, 'Grad-CAM', 'insertion')}, {cell('saliency', photos, 'Grad-CAM', 'deletion')}, "
            "Grad-CAM",
            f"On seven photographs DeepLIFT's deletion is {cell('saliency', seven, 'DeepLIFT', 'deletion')} against "
            f"{cell('saliency', seven, 'MARGIN (default)', 'deletion')}; a heatmap takes "
            f"{cell('saliency', photos, 'MARGIN (default)', 'seconds')} s against "
            f"{cell('saliency', photos, 'Grad-CAM', 'seconds')} s",
        ),
        Figure(
            "Accuracy gained on held-out MNIST digits by correcting the first 10 % of the queue, confusable errors",
            line("impact", "MNIST, confusable: accuracy gained by correcting the first 10 % of the queue"),
            f"{_gain(results, 'MARGIN as printed')}, the paper's; "
            f"{_gain(results, 'normalized margin (cleanlab)')}, cleanlab's normalized margin; "
            f"{_gain(results, 'random order')}, random order",
            "With a linear model. On the bundled digits, whose features have learned the wrong labels, the gain is "
            f"{line('impact', 'digits: accuracy gained by correcting the first 10 % of the queue')}",
        ),
        Figure(
            "A lasso around some of 100,000 points: time from mouse-up until the page shows the selected samples",
            line("browser", "lasso: mouse-up → first 60 members on screen"),
            f"{line('browser', 'peer: lasso, mouse-up → members in Python and page updated')}, `st.plotly_chart` in "
            "the same application",
            f"The first visit takes {line('browser', 'map of 100,000 points, first visit')} "
            f"({line('browser', 'peer: `st.plotly_chart` of the same points, first visit')}). More than "
            "100,000 points were not measured in a browser",
        ),
    )


def _gain(results: Results, order: str) -> str:
    before, after = (results.value("impact", "MNIST, confusable", order, column) for column in ("before", "first 10 %"))
    return with_unit(100 * (after - before), "points")


def ten_figures_page(results: Path = RESULTS) -> str:
    """Write the page from the results that are kept."""
    rows = [
        f"| {number} | {figure.what} | {figure.ours} | {figure.peer} | {figure.loses} |"
        for number, figure in enumerate(ten(Results(results)), start=1)
    ]
    return HEAD + "\n".join(rows) + "\n" + TAIL
