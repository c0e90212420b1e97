"""The ten figures that matter, beside their peers and with their losses: chosen by hand, read from the kept results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from record import RESULTS, Part, shown, with_unit

HEAD = """# Benchmarks

The ten figures that matter, each beside the best peer and with what it does not show. They are read from
`benchmarks/results/` by `benchmarks/ten_figures.py`; do not edit this page. Every figure, its circumstances and its
spread: [all figures](all.md). The peers were run here, on the same data.

| | figure | MARGIN | peer | where it loses, or what it does not show |
|---:|---|---:|---|---|
"""

TAIL = """
Errors were planted in real data, so that the truth is known; your errors may be of another kind. Wall times are of one
machine with two cores and no GPU.

Measure again: `make benchmarks`, or one part, `python benchmarks/run.py --only speed`.

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
            "Wrong labels ranked, four data sets, three kinds of planted errors: mean average precision over that of "
            "the best other method in each condition",
            line("label_errors", "planted errors: mean average precision over the best other method's"),
            "1: ten published rankings, cleanlab's two among them",
            f"Best in {line('label_errors', 'planted errors: conditions in which the default is the best ranking')} "
            "conditions: errors near a class boundary are ranked better by neighbors alone or by a class margin",
        ),
        Figure(
            "The same audit as cleanlab's Datalab: how many times faster, and its average precision over Datalab's",
            f"{line('speed', 'graph + label flips: times faster than Datalab')}, {line('speed', same_audit)}",
            "1: Datalab, given the same features",
            "In that time Datalab looks for outliers and near duplicates, too",
        ),
        Figure(
            "Enron-Spam, 10 % of the labels of each class flipped: share found in the first 30 % of the queue",
            line("enron", "recall at 30%: the default"),
            f"{line('enron', paper_recall)}, the paper's text; "
            f"{line('enron', 'recall at 30%: self-influence')}, self-influence",
            f"Plain disagreement of the neighbors has {line('enron', 'recall at 30%: disagreement alone')}: most of it "
            "is the graph's merit",
        ),
        Figure(
            "False alarms among labels flagged at a maximum false discovery rate of 10 %, the worst of three kinds of "
            "errors, mean over studies",
            line("error_estimates", "false alarms at q = 10%, confusable"),
            "0.1: what was asked for",
            "It is an average. Before reviews, confusable errors in Fashion-MNIST: "
            f"{cell('error_estimates', by_source, 'confusable, Fashion-MNIST', 'false at 10%')}",
        ),
        Figure(
            "The 95 % interval of the number of wrong labels holds the truth, the worst of three kinds of errors",
            line("error_estimates", "interval of the number of errors holds, confusable"),
            "0.95: what it says",
            "It is wide: before reviews its upper end is on average "
            f"{cell('error_estimates', 'How many labels are wrong', 'confusable, before reviews', 'high / true')} "
            "times the truth",
        ),
        Figure(
            "USPS, test error of the nearest of 50 prototypes, chosen within each class",
            cell("prototypes", errors, "the default, per class", "50"),
            f"{cell('prototypes', errors, 'MMD-critic, per class', '50')}, MMD-critic; "
            f"{cell('prototypes', errors, paper_rule, '50')}, the paper's rule",
            f"k-medoids has {cell('prototypes', errors, 'k-medoids, per class', '50')}, anew for every number",
        ),
        Figure(
            "USPS, ten classes: AUC for misclassified samples, by distance from the decision boundary",
            cell("boundary", auc, "smoothed class margin", "all ten"),
            f"{cell('boundary', auc, 'margin p1 - p2', 'all ten')}, the plain class margin; "
            f"{cell('boundary', auc, 'MARGIN as printed', 'all ten')}, the paper's",
            "Its first 20 lie farther from the boundary than the plain margin's: "
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
            "A linear model; on the bundled digits, whose features learned the wrong labels, it gains "
            f"{line('impact', 'digits: accuracy gained by correcting the first 10 % of the queue')}",
        ),
        Figure(
            "A lasso around points of 100,000: mouse-up until the page shows its members",
            line("browser", "lasso: mouse-up → first 60 members on screen"),
            f"{line('browser', 'peer: lasso, mouse-up → members in Python and page updated')}, `st.plotly_chart` in "
            "the same program",
            f"The first visit takes {line('browser', 'map of 100,000 points, first visit')} "
            f"({line('browser', 'peer: `st.plotly_chart` of the same points, first visit')}). Beyond 100,000 points "
            "nothing was measured in a browser",
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
