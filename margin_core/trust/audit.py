"""When to stop: what a random sample of the unflagged, mixed into the queue, says of the errors that are left."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import KnobError
from margin_core.trust.reviews import RIGHT, UNKNOWN, WRONG, Reviews
from margin_core.types import UNLABELLED, Doubles, Ints, Texts

CONFIDENCE = 0.95
SUPPORT = 400
"""Numbers of errors that the bound is played against, evenly spread by size."""


@dataclass(frozen=True)
class AuditPlan:
    """Which places of the queue show a random sample, and which one.

    Attributes
    ----------
    key : str
        Fingerprint of the study; with the same key the same samples are drawn.
    every : int
        In each run of so many places one is random.
    """

    key: str
    every: int = 10

    def __post_init__(self) -> None:
        if self.every < 1:
            raise KnobError(f"AuditPlan.every must be at least 1; got {self.every}. With 10, one in ten is random.")

    def at_random(self, position: int) -> bool:
        """Say whether place `position` of the queue, counted from 0, shows a random sample.

        Which place of each run it is changes from run to run, so that nobody can foresee it.
        """
        run, place = divmod(position, self.every)
        return place == self._number("place", run) % self.every

    def order(self, ids: Texts) -> Ints:
        """Give all rows in the order in which they are drawn, (n,); renaming rows draws the same samples.

        Notes
        -----
        O(n log n); do it once a study.
        """
        return self.shuffled(np.argsort(ids, kind="stable"))

    def shuffled(self, by_id: Ints) -> Ints:
        """Give the same for rows (n,) that are in the order of their ids already; O(n)."""
        shuffled: Ints = by_id[np.random.default_rng(self._number("order", 0)).permutation(len(by_id))]
        return shuffled

    def draw(self, order: Ints, open_rows: NDArray[np.bool_]) -> int | None:
        """Draw the next random sample.

        Every open sample is as likely, whatever was reviewed before: the order was settled before anything was.

        Parameters
        ----------
        order : int array (n,)
            From `order`.
        open_rows : bool array (n,)
            Labelled, unflagged samples that nobody has been shown yet.

        Returns
        -------
        int or None
            None when none is open.
        """
        waiting = open_rows[order]
        first = int(waiting.argmax()) if len(waiting) else 0
        return int(order[first]) if len(waiting) and waiting[first] else None

    def _number(self, what: str, number: int) -> int:
        text = f"{self.key}:{what}:{number}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Remaining:
    """How many errors are left, at most.

    Attributes
    ----------
    found : int
        Labels that reviews say are wrong.
    least, most : int
        At least, at most so many wrong labels are left among those that are not settled; each holds with 95 %
        confidence by itself, at every look, however often one looks.
    drawn : int
        Random samples that this rests on.
    """

    found: int
    least: int
    most: int
    drawn: int


def errors_left(
    given: Ints, unflagged: NDArray[np.bool_], reviews: Reviews, *, confidence: float = CONFIDENCE
) -> Remaining:
    r"""Bound the number of wrong labels left, from random samples of the unflagged alone.

    Let T be the number of wrong labels among the unflagged. Before the j-th random draw, :math:`f_j` of them were found
    and :math:`n_j` unflagged samples not yet shown; whatever the queue did before, the draw is an error with
    probability :math:`p_j(T) = (T - f_j) / n_j`. A gambler spreads one unit of capital :math:`\rho` over the numbers
    below T and lets it grow by the likelihood ratios:

    .. math:: E_j(T) = \sum_{S < T} \rho(S \mid S < T)
              \prod_{i \le j} \frac{p_i(S)^{e_i} (1 - p_i(S))^{1 - e_i}}{p_i(T)^{e_i} (1 - p_i(T))^{1 - e_i}}

    If T is the truth the game is fair, so his capital ever reaches 20 with probability 5 % at most (Ville). The bound
    is the largest T at which it stands below 20. It holds at all looks together and for a queue that changes with
    every answer, and is a tenth (no error drawn) to a third wider than Clopper and Pearson's (`exact_bound`), which
    holds for one look decided on beforehand and fails three times as often when looked at again and again.
    :math:`\rho` is spread evenly over the size (logarithm) of T; any choice is valid. Flagged samples that nobody has
    looked at may all be wrong, and count so. The lower bound is the same for the right labels.

    Parameters
    ----------
    given : int array (n,)
        The labels as given.
    unflagged : bool array (n,)
        Samples that were no suspects before the first review; random samples are drawn from these. Settled once:
        suspects of another model or of corrected labels are another study.
    reviews : Reviews
        In the order in which they were first shown; the draws by `AuditPlan.draw`. A label of which a review says
        nothing is taken for wrong in `most`, for right in `least`.
    confidence : float in (0, 1)

    Returns
    -------
    Remaining
        0 to all that is open while nothing was drawn.

    Raises
    ------
    KnobError
        The confidence is not between 0 and 1.

    Notes
    -----
    O(n + 400 × draws).

    References
    ----------
    Waudby-Smith and Ramdas: Confidence sequences for sampling without replacement. NeurIPS 2020.
    """
    _check(confidence)
    labelled = given != UNLABELLED
    n = int((labelled & unflagged).sum())
    inside = unflagged[reviews.rows]
    says, drawn = reviews.says[inside], reviews.drawn[inside]
    suspects = int((labelled & ~unflagged).sum()) - int((~inside).sum())
    skipped = int((reviews.says == UNKNOWN).sum())
    most = _most_left(n, says != RIGHT, drawn, confidence)
    least = n - len(says) - _most_left(n, says != WRONG, drawn, confidence)
    return Remaining(
        found=int((reviews.says == WRONG).sum()),
        least=max(least, 0),
        most=most + suspects + skipped,
        drawn=int(drawn.sum()),
    )


def exact_bound(population: int, drawn: int, wrong: int, *, confidence: float = CONFIDENCE) -> int:
    r"""Bound the number of errors in a finite population from one random sample, for one look.

    The largest T with :math:`P(X \le \text{wrong}) > 1 - \text{confidence}`, X hypergeometric: Clopper
    and Pearson's bound for a finite population, never wider than the binomial one.

    Parameters
    ----------
    population : int
        Samples drawn from, those drawn included.
    drawn, wrong : int
        Sample size, settled before any answer was seen, and errors in it.
    confidence : float in (0, 1)

    Returns
    -------
    int
        Of the whole population; those in the sample are in it.

    Raises
    ------
    KnobError
        Not 0 <= wrong <= drawn <= population, or a confidence outside (0, 1).
    """
    from scipy.stats import hypergeom  # slow to import, and a study is opened without it

    _check(confidence)
    if not 0 <= wrong <= drawn <= population:
        raise KnobError(
            f"exact_bound needs 0 <= wrong <= drawn <= population; got wrong {wrong}, drawn {drawn}, "
            f"population {population}."
        )
    low, high = wrong, population - (drawn - wrong)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(wrong, population, middle, drawn) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise KnobError(f"The confidence must be between 0 and 1; got {confidence!r}. For 95 % give 0.95.")


def _most_left(n: int, wrong: NDArray[np.bool_], drawn: NDArray[np.bool_], confidence: float) -> int:
    """Bound the errors among what was not shown yet; `wrong` and `drawn` in the order of showing."""
    before: Ints = np.cumsum(wrong) - wrong
    pools = (n - np.arange(len(wrong)))[drawn]
    founds: Ints = before[drawn]
    hits = wrong[drawn]
    found, unseen = int(wrong.sum()), n - len(wrong)

    def likelihoods(totals: Ints) -> Doubles:
        """Log likelihood of each total (m,); minus infinity where it cannot be."""
        left = totals[:, None] - founds
        chance = np.where(hits, left, pools - left)
        with np.errstate(divide="ignore"):
            logs: Doubles = np.log(np.maximum(chance, 0) / pools).sum(axis=1)
        return np.where((totals >= found) & (totals <= found + unseen), logs, -np.inf)

    support = np.unique(np.round(np.geomspace(1, n + 1, SUPPORT)).astype(np.int64)) - 1
    # Even in size: each number of the support stands for the stretch of log(1 + T) up to the next.
    ends = np.log1p(np.append(support, n + 1))
    stakes = np.log(np.diff(ends))
    pot = np.logaddexp.accumulate(stakes + likelihoods(support)) - np.logaddexp.accumulate(stakes)
    limit = -np.log1p(-confidence)

    def stands(total: int) -> bool:
        """Whether the gambler has not yet ruled a total out."""
        own = float(likelihoods(np.array([total]))[0])
        below = int(np.searchsorted(support, total)) - 1
        return own > -np.inf and (below < 0 or float(pot[below]) - own < limit)

    # Between two numbers of the support the pot is the same and the likelihood falls, beyond its peak: the first
    # number after each tells whether any in the stretch stands.
    firsts = support + 1
    own = likelihoods(firsts)
    with np.errstate(invalid="ignore"):
        standing = np.flatnonzero((own > -np.inf) & (pot - own < limit))
    if not len(standing):
        return int(support[0]) if stands(int(support[0])) else 0
    low = int(firsts[standing[-1]])
    high = int(support[standing[-1] + 1]) if standing[-1] + 1 < len(support) else n
    while low < high:
        middle = (low + high + 1) // 2
        if stands(middle):
            low = middle
        else:
            high = middle - 1
    return low - found
