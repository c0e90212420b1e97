"""How many labels are wrong, by estimate, and which can be flagged without a review."""

from __future__ import annotations

import numpy as np

from margin_core.report.blocks import figure, table
from margin_core.report.charts import count_interval, probability_curve
from margin_core.report.markup import Child, element
from margin_core.review.estimates import LabelErrorEstimate
from margin_core.review.estimates.false_discoveries import FALSE_DISCOVERY_RATES
from margin_core.study.samples import counted
from margin_core.values import UNLABELED


def estimate_section(estimate: LabelErrorEstimate) -> Child:
    """Return the section on the label error estimate of a report.

    Parameters
    ----------
    estimate : LabelErrorEstimate

    Returns
    -------
    Html or sequence of Html
    """
    count, left = estimate.count, estimate.remaining
    labeled = int((estimate.study.labels != UNLABELED).sum())
    frame = estimate.to_frame()
    # What a review verified is 0 or 1, between labels of which nobody knows: a curve of both would jump up and down.
    known = (frame["p_label_error"].notna() & ~frame["reviewed"]).to_numpy()
    end = int(min(known.sum(), max(2 * count.high, 50)))
    columns = [frame[name].to_numpy(dtype=np.float64)[known][:end] for name in ("p_label_error", "p_low", "p_high")]
    flagged = [(rate, estimate.flag(rate)) for rate in FALSE_DISCOVERY_RATES]
    return [
        element(
            "p",
            element("b", f"{count.median:,} of {len(estimate.study):,} labels are wrong, by estimate"),
            f"; 95 % interval {count.low:,} to {count.high:,}. {count.found:,} found so far, in "
            f"{counted(len(estimate.posterior.reviews.known), 'reviewed label')}.",
        ),
        element(
            "p",
            f"By {counted(left.n_sampled, 'random check')} alone, at most {left.upper:,} wrong labels are left (95 %)."
            if left.is_informative(labeled)
            else f"How many wrong labels are left at most is not known yet: {counted(left.n_sampled, 'random check')} "
            "so far.",
        ),
        element(
            "div",
            figure(
                "Wrong labels",
                count_interval(count),
                "Median and 95 % interval." + (" Triangle: found so far." if count.found else ""),
            ),
            figure(
                "P(label error)",
                probability_curve(*columns),
                f"The first {end:,} labels without a review, with 90 % interval.",
            )
            if end
            else None,
            class_="side",
        ),
        element("h3", "Labels that can be flagged without review"),
        table(
            ("Maximum false discovery rate", "Labels", "Expected rate"),
            [(f"{rate:.0%}", f"{len(found.rows):,}", f"{found.expected_rate:.1%}") for rate, found in flagged],
            numbers=(0, 1, 2),
        ),
    ]
