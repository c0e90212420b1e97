"""Numbers for a saliency map: whether the model agrees with it, how sparse it is, how far maps agree.

==================  =====================================================================================  ========
`deletion`          the probability as the most important pixels are taken away                            smaller
`insertion`         the probability as the most important pixels come into view                            larger
`road`              the probability without the least important pixels, less that without the most         larger
`gini`              how few pixels hold the map                                                            sparser
`rank_correlation`  whether two maps order the pixels alike                                                larger
`overlap`           share of the most important pixels that two maps have in common                        larger
==================  =====================================================================================  ========

The last column says what is better or what a large value means.
"""

from margin_core.tasks.saliency.faithfulness.agreement import overlap, rank_correlation, top
from margin_core.tasks.saliency.faithfulness.deletion_insertion import FILLS, Curve, deletion, insertion
from margin_core.tasks.saliency.faithfulness.road import SHARES, impute, road
from margin_core.tasks.saliency.faithfulness.sparsity import gini

__all__ = [
    "FILLS",
    "SHARES",
    "Curve",
    "deletion",
    "gini",
    "impute",
    "insertion",
    "overlap",
    "rank_correlation",
    "road",
    "top",
]
