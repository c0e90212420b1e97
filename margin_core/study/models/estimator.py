"""A scikit-learn classifier as a model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from margin_core.errors import ModelError
from margin_core.values.arrays import Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class EstimatorModel:
    """A fitted classifier with ``predict_proba``, alone or at the end of a pipeline.

    Attributes
    ----------
    estimator : object
        With ``predict_proba`` and ``classes_``. Do not fit it again: the fingerprint would no longer be its own.
    description : str
        In words, for a person.
    class_names : tuple of str
        ``classes_`` as text, in the order of the columns of ``predict_proba``; empty where it was fitted on the class
        numbers 0 ... c-1, so that the columns are the study's classes in their order.
    classes : int
        Number of outputs c.
    fingerprint : str
        Of the estimator with all it has learned.
    """

    estimator: Any
    description: str
    class_names: tuple[str, ...]
    classes: int
    fingerprint: str

    @classmethod
    def of(cls, estimator: Any) -> EstimatorModel:
        """Return a model of a fitted classifier.

        Parameters
        ----------
        estimator : object
            With ``predict_proba`` and ``classes_``.

        Returns
        -------
        EstimatorModel

        Raises
        ------
        ModelError
            It is not fitted.
        """
        from joblib import hash as hash_estimator  # comes with scikit-learn, and only estimators need it

        name = type(estimator).__name__
        try:
            classes = estimator.classes_
        except AttributeError as error:
            raise ModelError(f"The {name} is not fitted. Call fit(X, y) before the study is built.") from error
        numbered = np.asarray(classes).dtype.kind in "iu" and np.array_equal(classes, np.arange(len(classes)))
        return cls(
            estimator=estimator,
            description=f"scikit-learn {name}",
            class_names=() if numbered else tuple(str(item) for item in classes),
            classes=len(classes),
            fingerprint=str(hash_estimator(estimator)),
        )

    @property
    def column_names(self) -> tuple[str, ...]:
        """Columns of the frame that it was fitted to; empty for one that was fitted to an array."""
        return tuple(map(str, getattr(self.estimator, "feature_names_in_", ())))

    @property
    def takes_frames(self) -> bool:
        """Whether it was fitted to named columns."""
        return len(self.column_names) > 0

    @cached_property
    def takes_missing_values(self) -> bool:
        """Whether a row of numbers may lack some: it is asked about such a row."""
        row = np.zeros((1, int(getattr(self.estimator, "n_features_in_", 0))))
        if not row.size:
            return False
        row[0, 0] = np.nan
        try:
            return bool(np.isfinite(self.probabilities(row)).all())
        except ModelError:
            return False

    @property
    def gives_features(self) -> bool:
        """Whether `embed` returns features: those that enter the last step of a pipeline."""
        return len(getattr(self.estimator, "steps", ())) > 1

    def probabilities(self, inputs: Any) -> Floats:
        """Compute class probabilities.

        Parameters
        ----------
        inputs : array (b, d) or sequence
            As the estimator takes them.

        Returns
        -------
        float32 array (b, c)
            Rows sum to 1.

        Raises
        ------
        ModelError
            The estimator raised an error, which the message repeats.
        """
        return self._call(self.estimator.predict_proba, inputs)

    def embed(self, inputs: Any) -> Floats:
        """Compute what enters the last step of a pipeline.

        Parameters
        ----------
        inputs : array (b, d) or sequence
            Samples as the estimator takes them.

        Returns
        -------
        float32 array (b, e)

        Raises
        ------
        ModelError
            The estimator is no pipeline of several steps, or raised an error.
        """
        if not self.gives_features:
            raise ModelError(f"{self.description} is no pipeline with steps before the classifier to take features of.")
        return self._call(self.estimator[:-1].transform, inputs)

    def both(self, inputs: Any) -> tuple[Floats, Floats]:
        """Compute features and probabilities.

        Parameters
        ----------
        inputs : array (b, d) or sequence
            Samples as the estimator takes them.

        Returns
        -------
        embedding : float32 array (b, e)
        probabilities : float32 array (b, c)

        Raises
        ------
        ModelError
            As `embed` and `probabilities`.
        """
        return self.embed(inputs), self.probabilities(inputs)

    def _call(self, method: Any, inputs: Any) -> Floats:
        if isinstance(inputs, np.ndarray) and self.column_names:
            import pandas as pd  # slow to import; who has such an estimator has it already

            inputs = pd.DataFrame(inputs, columns=list(self.column_names))
        try:
            found = method(inputs)
        except Exception as error:  # Whatever the estimator raises is the user's to see, as one sentence.
            raise ModelError(f"{self.description} failed: {type(error).__name__}: {error}") from error
        return np.asarray(found.toarray() if hasattr(found, "toarray") else found, dtype=np.float32)
