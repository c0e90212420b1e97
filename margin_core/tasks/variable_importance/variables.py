"""The variables of a study: columns of a table, words of texts, pixels of small pictures, or its features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from margin_core.errors import MissingPart
from margin_core.study.features.batches import are_pictures
from margin_core.study.inputs.texts import are_texts
from margin_core.study.models.linear_words import word_counter
from margin_core.values import Doubles, Ints, Study, usable_rows
from margin_core.values.number_table import NumberTable

MAX_WORDS = 20_000
"""The commonest words that are variables; see `find_variables`."""

MAX_PIXELS = 4_096
"""Of pictures with more, a pixel is not a variable: it means another thing in each of them."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Variables:
    """The numbers that describe a sample, each of mean 0 and standard deviation 1.

    Attributes
    ----------
    names : tuple of str, length m
        Of the variables.
    values : float array (n, p) or CSR array (n, p)
        Columns; those of a sparse one are divided by their standard deviation and not centered.
    variable_of : int array (p,)
        The variable of each column: a category has a column for each of its values.
    kind : str
        What a variable is, for a person, in the plural.
    column_names : tuple of str, length p
        What each column is called.
    width : int
        Of pictures: pixels in a row; else 0.
    """

    names: tuple[str, ...]
    values: Doubles | sparse.csr_array
    variable_of: Ints
    kind: str
    column_names: tuple[str, ...]
    width: int = 0

    def columns_of(self, variable: int) -> Ints:
        """Return the columns of a variable.

        Parameters
        ----------
        variable : int

        Returns
        -------
        int array
        """
        return np.flatnonzero(self.variable_of == variable)

    def of_rows(self, rows: Ints) -> Variables:
        """Return the variables of some of the samples.

        Parameters
        ----------
        rows : int array (r,)
            Their numbers.

        Returns
        -------
        Variables
        """
        return replace(self, values=self.values[rows])

    def grouped(self, groups: Sequence[Ints], names: Sequence[str]) -> Variables:
        """Return the same columns where some variables are one.

        Parameters
        ----------
        groups : sequence of int arrays
            Disjoint.
        names : sequence of str
            What each group is called.

        Returns
        -------
        Variables
            A group stands where its first variable did.
        """
        merged_into = merge_places(groups, len(self.names))
        firsts = {int(np.min(group)): name for group, name in zip(groups, names, strict=True)}
        first = np.unique(merged_into, return_index=True)[1]
        return replace(
            self,
            names=tuple(firsts.get(place, self.names[place]) for place in first.tolist()),
            variable_of=merged_into[self.variable_of],
            width=0,
        )

    def only(self, variables: Ints) -> Variables:
        """Return some of the variables.

        Parameters
        ----------
        variables : int array (r,)
            Ascending.

        Returns
        -------
        Variables
        """
        columns = np.flatnonzero(np.isin(self.variable_of, variables))
        return Variables(
            names=tuple(self.names[place] for place in variables.tolist()),
            values=self.values[:, columns],
            variable_of=np.searchsorted(variables, self.variable_of[columns]),
            kind=self.kind,
            column_names=tuple(self.column_names[column] for column in columns.tolist()),
        )


def merge_places(groups: Sequence[Ints], m: int) -> Ints:
    """Return which new variable each is part of, once the variables of a group are one.

    Parameters
    ----------
    groups : sequence of int arrays
        Disjoint.
    m : int
        Variables.

    Returns
    -------
    int array (m,)
        In [0, m'), in the order of the first variable of each.
    """
    first = np.arange(m)
    for group in groups:
        first[group] = np.min(group)
    return np.asarray(np.unique(first, return_inverse=True)[1])


def check_variables(study: Study) -> None:
    """Check that the samples of a study have variables.

    Parameters
    ----------
    study : Study

    Raises
    ------
    MissingPart
        They are pictures of more than `MAX_PIXELS` values or of several sizes.
    """
    inputs = study.maybe_inputs
    if inputs is None or are_texts(inputs) or not are_pictures(inputs):
        return
    if not isinstance(inputs, np.ndarray) or np.prod(inputs.shape[1:]) > MAX_PIXELS:
        raise MissingPart(
            f"Study '{study.name}' holds photographs, in which no pixel means the same everywhere, so there are no "
            "variables to compare. Saliency shows what the prediction of one photograph depends on."
        )


def find_variables(study: Study, rows: Ints) -> Variables:
    """Return the variables of some samples.

    Parameters
    ----------
    study : Study
        With rows of numbers, texts, or pictures of one size and at most 4,096 values; of one without inputs, the
        features are the variables.
    rows : int array (n,)
        Samples.

    Returns
    -------
    Variables
        A missing number is the mean of its column. Of more than 20,000 words, those that most texts have.

    Raises
    ------
    MissingPart
        Pictures have no variable that means the same in each of them.
    """
    inputs = study.maybe_inputs
    if inputs is None:
        return _from_features(study, rows)
    if are_texts(inputs):
        return _from_texts([str(inputs[int(row)]) for row in rows])
    check_variables(study)
    if are_pictures(inputs):
        return _from_pixels(inputs, rows)
    return _from_numbers(inputs, rows)


def _from_numbers(table: Any, rows: Ints) -> Variables:
    values = np.asarray(table[rows], dtype=np.float64)
    if not isinstance(table, NumberTable):
        return _one_column_each(
            tuple(f"column {place}" for place in range(values.shape[1])), _standardize(values), "columns"
        )
    return Variables(
        names=table.variables, values=_standardize(values), variable_of=table.variable_of, kind="columns",
        column_names=table.names,
    )  # fmt: skip


def _from_texts(texts: list[str]) -> Variables:
    counter = word_counter(max_words=MAX_WORDS)
    if not any(map(counter.build_analyzer(), texts)):
        return _one_column_each((), np.empty((len(texts), 0)), "words")
    # Whether a text has the word: its weight there depends on all others, so that even a word of every text varies.
    has = sparse.csr_array(counter.fit_transform(texts), dtype=np.float64)
    has.data[:] = 1.0
    share = np.asarray(has.sum(axis=0)).ravel() / len(texts)
    deviation = np.sqrt(share * (1 - share))
    values = sparse.csr_array(has @ sparse.diags_array(np.divide(1, deviation, where=deviation > 0, out=deviation * 0)))
    return _one_column_each(tuple(counter.get_feature_names_out()), values, "words")


def _from_pixels(pictures: NDArray[Any], rows: Ints) -> Variables:
    values = np.asarray(pictures[rows], dtype=np.float64)
    places = np.indices(values.shape[1:3]).reshape(2, -1).T
    channels = int(np.prod(values.shape[3:])) or 1
    names = tuple(f"pixel {row}, {column}" for row, column in places.tolist())
    return Variables(
        names=names,
        values=_standardize(values.reshape(len(rows), len(places) * channels)),
        variable_of=np.repeat(np.arange(len(places)), channels),
        kind="pixels",
        column_names=tuple(np.repeat(names, channels).tolist()),
        width=values.shape[2],
    )


def _from_features(study: Study, rows: Ints) -> Variables:
    values = np.where(usable_rows(study.embedding[rows])[:, None], study.embedding[rows], np.nan).astype(np.float64)
    return _one_column_each(
        tuple(f"feature {place}" for place in range(values.shape[1])), _standardize(values), "features"
    )


def _one_column_each(names: tuple[str, ...], values: Doubles | sparse.csr_array, kind: str) -> Variables:
    return Variables(names=names, values=values, variable_of=np.arange(len(names)), kind=kind, column_names=names)


def _standardize(values: Doubles) -> Doubles:
    """Return columns of mean 0 and standard deviation 1; of zeros, where a column is constant."""
    known = np.isfinite(values)
    counts = np.maximum(known.sum(axis=0), 1)
    centered = np.where(known, values - np.where(known, values, 0).sum(axis=0) / counts, 0.0)
    deviation = np.sqrt(np.square(centered).sum(axis=0) / max(len(values), 1))
    return np.asarray(centered / np.where(deviation > 0, deviation, 1.0))
