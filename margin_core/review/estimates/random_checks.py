"""Random checks: which places of the queue show a random sample, and which one."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from margin_core.errors import ParameterError
from margin_core.values import Ints, Texts


@dataclass(frozen=True)
class RandomChecks:
    """The plan of random checks: decided by the study alone, so that nobody can choose them.

    Parameters
    ----------
    key : str
        Fingerprint of the study; with the same key the same samples are checked.
    every : int
        In each run of so many places one is random; at least 1.

    Raises
    ------
    ParameterError
        `every` is below 1.
    """

    key: str
    every: int = 10

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ParameterError(
                f"RandomChecks.every must be at least 1; got {self.every}. With 10, one in ten is random."
            )

    def is_random(self, position: int) -> bool:
        """Return whether a place of the queue shows a random sample.

        Parameters
        ----------
        position : int
            Counted from 0.

        Returns
        -------
        bool
            Which place of each run it is changes from run to run, so that reviewers cannot predict it.
        """
        run, place = divmod(position, self.every)
        return place == self._hash("place", run) % self.every

    def order(self, ids: Texts) -> Ints:
        """Return all rows in the order in which they are sampled; renaming rows samples the same ones.

        Parameters
        ----------
        ids : str array (n,)
            Ids of all samples; each once.

        Returns
        -------
        int array (n,)

        Notes
        -----
        O(n log n); do it once a study.
        """
        return self.shuffled(np.argsort(ids, kind="stable"))

    def shuffled(self, by_id: Ints) -> Ints:
        """Return the same as `order` for rows that are sorted by their ids already.

        Parameters
        ----------
        by_id : int array (n,)
            All rows, sorted by their ids.

        Returns
        -------
        int array (n,)

        Notes
        -----
        O(n).
        """
        shuffled: Ints = by_id[np.random.default_rng(self._hash("order", 0)).permutation(len(by_id))]
        return shuffled

    def _hash(self, what: str, number: int) -> int:
        text = f"{self.key}:{what}:{number}".encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest(), "little")
