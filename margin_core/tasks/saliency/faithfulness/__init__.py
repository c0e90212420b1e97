"""Metrics of a heatmap: whether the model agrees with it, how sparse it is, how far two heatmaps agree.

==================  =====================================================================================  ========
`deletion`          the probability as the most important pixels are deleted                               smaller
`insertion`         the probability as the most important pixels are inserted                              larger
`road`              the probability without the least important pixels, less that without the most         larger
`gini`              how few pixels hold the heatmap                                                        sparser
`rank_correlation`  whether two heatmaps rank the pixels alike                                             larger
`overlap`           share of the most important pixels that two heatmaps have in common                    larger
==================  =====================================================================================  ========

The last column says what is better or what a large value means.
"""

from margin_core.tasks.saliency.faithfulness.agreement import overlap, rank_correlation, select_top
from margin_core.tasks.saliency.faithfulness.deletion_insertion import (
    FILLS,
    FaithfulnessCurve,
    deletion,
    insertion,
)
from margin_core.tasks.saliency.faithfulness.road import SHARES, impute, road
from margin_core.tasks.saliency.faithfulness.sparsity import gini

__all__ = [
    "FILLS",
    "SHARES",
    "FaithfulnessCurve",
    "deletion",
    "gini",
    "impute",
    "insertion",
    "overlap",
    "rank_correlation",
    "road",
    "select_top",
]
