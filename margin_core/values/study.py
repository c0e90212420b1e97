"""A labeled data set, with what a model makes of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from margin_core.errors import MarginWarning, MissingPart, ParameterError, SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.values.array_like import to_rows
from margin_core.values.arrays import UNLABELED, Doubles, Floats, Ints, Texts, read_only
from margin_core.values.checks import (
    PROBABILITY_FEATURES,
    checked_embedding,
    checked_ids,
    checked_inputs,
    checked_model,
    checked_probabilities,
    checked_signal,
    common_length,
    probability_features,
)
from margin_core.values.given_graph import checked_graph
from margin_core.values.handed_in import named_parts, to_column
from margin_core.values.label_checks import checked_labels, one_based_remedy
from margin_core.values.need import WHERE_TO_GET, Need
from margin_core.values.part_fingerprints import fingerprint_parts, unchanged_fingerprints
from margin_core.values.reference import checked_reference
from margin_core.values.summaries import html_facts
from margin_core.values.target import ClassLabels, Target


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """A labeled data set with the outputs of a model for it.

    Create one with `Study.build`, which checks that all parts match. Every part except `ids` is optional. For example,
    labels are stored as ``maybe_labels`` and read as ``labels``, which raises `MissingPart` with a hint if there are
    none.

    Attributes
    ----------
    name : str
        Display name.
    ids : array of str, shape (n,)
        Unique, stable names of the samples; decisions refer to these.
    class_names : tuple of str, length c
    maybe_target : Target or None
        What the labels state about each sample; for a target of classes, `labels` are the class numbers.
    maybe_embedding : float32 array (n, d) or None
        Features in which similar samples are close to each other. A row with a NaN is left out of every graph.
    maybe_probabilities : float32 array (n, c) or None
        Class probabilities predicted by a model.
    out_of_sample : bool
        Whether each row of `probabilities` comes from a model that was not trained on that sample's label. Only then do
        rankings use them, because a model repeats the wrong labels it was trained on.
    maybe_inputs : array (n, ...) or `Inputs` or None
        The samples: uint8 pictures ``(n, h, w)`` or ``(n, h, w, 3)``, rows of numbers, or files.
    maybe_model : `Model` or None
    maybe_graph : CSR float32 array (n, n) or None
        Weights of a user's own graph of the samples; symmetric. `margin_core.graph.GivenGraph` uses it.
    signals : mapping of str to float array (n,) or (n, s)
        A user's own signals on the samples, for `margin_core.tasks.ContextualOutliers`.
    columns : mapping of str to array (n,)
        Other values per sample: ``split``, ``weight``, ``group``, ``file``, ``model_label`` ...
    features : str
        Description of the embedding, displayed with the scores that depend on it.
    parts : mapping of str to str
        The fingerprint of every part that is present.
    maybe_reference : Study or None
        Earlier data that these samples are compared with, in the same space of features.
    space : str
        Identity of what computed the embedding; empty where that is not known. See `margin_core.values.reference`.
    predictor : str
        Description of what computed the probabilities, displayed with them; empty: a user's model.
    """

    name: str
    ids: Texts
    class_names: tuple[str, ...]
    maybe_target: Target | None
    maybe_embedding: Floats | None
    maybe_probabilities: Floats | None
    maybe_inputs: Any | None
    maybe_model: Any | None
    maybe_graph: sparse.csr_array | None
    signals: Mapping[str, Doubles]
    columns: Mapping[str, NDArray[Any]]
    features: str
    out_of_sample: bool
    parts: Mapping[str, str]
    maybe_reference: Study | None = None
    space: str = ""
    predictor: str = ""
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
        object.__setattr__(self, "signals", MappingProxyType(dict(self.signals)))
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))
        object.__setattr__(self, "fingerprint", fingerprint(self.parts, self.out_of_sample))

    @classmethod
    def build(
        cls,
        *,
        name: str = "study",
        embedding: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        class_names: Sequence[str] | None = None,
        probabilities: ArrayLike | None = None,
        inputs: Any | None = None,
        model: Any | None = None,
        graph: Any | None = None,
        signals: Any | None = None,
        ids: ArrayLike | None = None,
        columns: Any | None = None,
        features: str = "the given embedding",
        out_of_sample: bool = True,
        reference: Study | None = None,
        space: str = "",
        predictor: str = "",
        parts: Mapping[str, str] | None = None,
    ) -> Self:
        """Build a study from arrays in memory, after checking that all parts match.

        Parameters
        ----------
        name : str
        embedding : array_like (n, d), optional
            Default: none; the square roots of the probabilities where labels and out-of-sample `probabilities` are all
            that is given, with a warning.
            Cast to float32. A value that is infinite, or beyond 1e15, counts as NaN. A sparse matrix is made dense if
            that takes 2 GB at most.
        labels : array_like (n,), optional
            Class numbers (-1 or NaN: no label) or class names (empty: no label). If no sample has a label and there are
            no class names, the study has no labels.
        class_names : sequence of str, optional
            Default: the names that occur, sorted, or ``"0"`` ... ``"c-1"``.
        probabilities : array_like (n, c), optional
            In the order of the classes; the columns of a table that are called as the classes, by name.
            Rows are scaled to sum to 1; a row with a NaN becomes uniform (no opinion).
        inputs : array (n, ...), list of str, data frame, or object, optional
            The samples: uint8 pictures ``(n, h, w)`` or ``(n, h, w, 3)``, rows of numbers, texts; or an object with
            ``fingerprint``, a length and rows.
        model : optional
            A torch network, a fitted scikit-learn classifier, the path of an ONNX file, or an object with
            ``fingerprint`` and ``probabilities(inputs)``; see `margin_core.as_model`. `margin_core.add_model_outputs`
            computes its features and probabilities.
        graph : optional
            Of the samples: a matrix (n, n) of weights (SciPy or NumPy), a NetworkX graph, or PyTorch Geometric's
            ``edge_index``; see `margin_core.values.given_graph.checked_graph`.
        signals : mapping of array_like (n,) or (n, s), or data frame, optional
            Signals on the samples, by name. NaN: unknown.
        ids : array_like of str (n,), optional
            Default ``"0"`` ... ``"n-1"``.
        columns : mapping of array_like (n,) or data frame, optional
            Other values per sample, by name.
        features : str
            Description of the embedding.
        out_of_sample : bool
            Pass False if the model behind `probabilities` was trained on these labels: the probabilities are then
            displayed, but not used in rankings.
        reference : Study, optional
            Earlier data to compare these samples with, for `margin_core.tasks.Drift`: features of the same model, and
            classes that are matched by their names.
        space : str
            Identity of what computed the embedding, where that is known: samples are only compared with those of a
            reference in the same space.
        predictor : str
            Description of what computed the probabilities.
        parts : mapping of str to str, optional
            Known fingerprints of parts (from a workspace); missing ones are computed.

        Returns
        -------
        Study

        Raises
        ------
        SourceError
            Parts that do not match or cannot be read, labels without a class, repeated or missing ids, no samples, or a
            reference with other features, classes or kinds of samples.

        Warns
        -----
        MarginWarning
            The probabilities stand in for an embedding; something of the graph was left out.

        Notes
        -----
        Arrays may be of NumPy, pandas, polars, PyArrow or PyTorch, or lists; rows are taken in their order, and the
        index of a data frame is not read. Writable arrays are copied; a read-only memory map is not.

        Examples
        --------
        >>> import numpy as np
        >>> study = Study.build(name="pets", embedding=np.eye(3), labels=["cat", "dog", ""])
        >>> study.class_names, study.labels.tolist()
        (('cat', 'dog'), [0, 1, -1])
        """
        name, features = str(name), str(features)
        if not isinstance(out_of_sample, bool | np.bool_):
            raise SourceError(f"Study '{name}': out_of_sample must be True or False; got {out_of_sample!r}.")
        if not isinstance(parts or {}, Mapping) or not all(map(_are_texts, (parts or {}).items())):
            raise SourceError(
                f"Study '{name}': parts must be a mapping of names of parts to their fingerprints, both of them texts. "
                "Leave it out: those that are missing are computed."
            )
        of = f"Study '{name}': "
        given = {
            "embedding": embedding, "labels": labels, "probabilities": probabilities, "inputs": inputs, "ids": ids,
        }  # fmt: skip
        rows = _to_rows(of, given)
        column_rows = _to_rows(f"{of}the column ", named_parts(f"{of}columns", columns))
        signal_rows = _to_rows(f"{of}the signal ", named_parts(f"{of}signals", signals))
        n = common_length(name, {**rows, **column_rows, **signal_rows})
        sample_ids = checked_ids(name, rows.get("ids"), n)
        names, numbers = checked_labels(name, rows.get("labels"), class_names)
        one_based = (lambda columns: "") if numbers is None else partial(one_based_remedy, numbers)
        table = checked_probabilities(name, rows.get("probabilities"), names, one_based)
        samples = checked_inputs(name, rows.get("inputs"))
        points = checked_embedding(name, rows.get("embedding"))
        others = (points, samples, model, graph, *signal_rows)
        if numbers is not None and table is not None and out_of_sample and all(other is None for other in others):
            points, features = probability_features(table), PROBABILITY_FEATURES
            warnings.warn(
                f"Study '{name}': no embedding was given, so samples are compared by the {features}. Pass embedding= "
                "to compare them by features, which tell more.",
                MarginWarning,
                stacklevel=2,
            )
        if not names and table is not None:
            names = tuple(str(number) for number in range(table.shape[1]))
        checked: dict[str, Any] = {
            "ids": sample_ids,
            "class_names": names,
            "labels": numbers,
            "embedding": points,
            "probabilities": table,
            "inputs": samples,
            "model": checked_model(model, samples),
            "graph": checked_graph(name, graph, sample_ids),
            "columns": {
                key: read_only(to_column(f"{of}the column '{key}'", value)) for key, value in column_rows.items()
            },
            "signals": {key: checked_signal(name, key, value) for key, value in signal_rows.items()},
            "reference": reference,
        }
        built = cls(
            name=name,
            ids=sample_ids,
            class_names=names,
            columns=checked["columns"],
            signals=checked["signals"],
            features=features,
            out_of_sample=out_of_sample,
            parts=fingerprint_parts(checked, parts or {}),
            maybe_target=None if numbers is None else ClassLabels(names, numbers),
            maybe_embedding=checked["embedding"],
            maybe_probabilities=table,
            maybe_inputs=checked["inputs"],
            maybe_model=checked["model"],
            maybe_graph=checked["graph"],
            maybe_reference=reference,
            space=str(space),
            predictor=str(predictor),
        )
        if reference is not None:
            checked_reference(built, reference)
        return built

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Rows of the samples, by their ids."""
        # Made when it is first asked for: half a second for a million samples.
        return {sample_id: row for row, sample_id in enumerate(self.ids.tolist())}

    def __repr__(self) -> str:
        return f"Study({self.name}: {', '.join(text for _, text in self._facts())})"

    def _repr_html_(self) -> str:
        return html_facts(f"Study {self.name}", self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        """Return which parts there are, in a few words."""
        facts = [("samples", f"{len(self):,} samples")]
        labels = self.maybe_labels
        if labels is not None:
            missing = int((labels == UNLABELED).sum())
            facts.append(
                ("labels", f"{len(self.class_names):,} classes" + (f", {missing:,} unlabeled" if missing else ""))
            )
        if self.maybe_embedding is not None:
            facts.append(("embedding", f"{self.maybe_embedding.shape[1]:,} features ({self.features})"))
        if self.maybe_probabilities is not None:
            facts.append(("probabilities", f"{'out-of-sample' if self.out_of_sample else 'in-sample'} probabilities"))
        if self.maybe_inputs is not None:
            facts.append(("inputs", f"inputs ({type(self.maybe_inputs).__name__})"))
        if self.maybe_model is not None:
            facts.append(
                ("model", f"model ({getattr(self.maybe_model, 'description', type(self.maybe_model).__name__)})")
            )
        if self.maybe_graph is not None:
            facts.append(("graph", f"given graph of {self.maybe_graph.nnz // 2:,} edges"))
        if self.maybe_reference is not None:
            reference = self.maybe_reference
            facts.append(("reference", f"reference {reference.name} of {len(reference):,} samples"))
        named = (("signals", self.signals), ("columns", self.columns))
        return facts + [(what, f"{what} {', '.join(names)}") for what, names in named if names]

    def has(self, need: Need) -> bool:
        """Return whether a part is present.

        Parameters
        ----------
        need : Need

        Returns
        -------
        bool
        """
        return getattr(self, f"maybe_{_known(need)}") is not None

    def require(self, need: Need) -> Any:
        """Return a part of the study.

        Parameters
        ----------
        need : Need

        Returns
        -------
        object
            The array, the inputs or the model.

        Raises
        ------
        MissingPart
            The study does not have it; the message says how to provide it.
        """
        value = getattr(self, f"maybe_{_known(need)}")
        if value is None:
            raise MissingPart(f"Study '{self.name}' has no {need}. {WHERE_TO_GET[_known(need)]}")
        return value

    @property
    def maybe_labels(self) -> Ints | None:
        """The class number of each sample as given, (n,), or None where no classes are given."""
        target = self.maybe_target
        return target.numbers if isinstance(target, ClassLabels) else None

    @property
    def labels(self) -> Ints:
        """The class number of each sample as given, (n,); `UNLABELED` (-1) where a label is missing."""
        return self.require(Need.LABELS)  # type: ignore[no-any-return]

    @property
    def embedding(self) -> Floats:
        """The features, (n, d)."""
        return self.require(Need.EMBEDDING)  # type: ignore[no-any-return]

    @property
    def probabilities(self) -> Floats:
        """Out-of-sample class probabilities, (n, c)."""
        return self.require(Need.PROBABILITIES)  # type: ignore[no-any-return]

    @property
    def inputs(self) -> Any:
        """The samples themselves."""
        return self.require(Need.INPUTS)

    @property
    def model(self) -> Any:
        """The model."""
        return self.require(Need.MODEL)

    @property
    def graph(self) -> sparse.csr_array:
        """The weights of the graph that the study brings, CSR (n, n)."""
        return self.require(Need.GRAPH)

    @property
    def reference(self) -> Study:
        """The earlier data that these samples are compared with."""
        return self.require(Need.REFERENCE)  # type: ignore[no-any-return]

    def replace(self, *, parts: Mapping[str, str] | None = None, **changes: Any) -> Study:
        """Return the same study with some parts replaced; everything else is shared.

        Parameters
        ----------
        parts : mapping of str to str, optional
            Fingerprints of the new parts that are known already.
        **changes : object
            As for `build`, except the ids, which cannot be replaced.

        Returns
        -------
        Study

        Raises
        ------
        SourceError
            The ids, or something that a study does not have, is to be replaced; or as for `build`.
        """
        now: dict[str, Any] = {
            "name": self.name, "labels": self.maybe_labels, "class_names": self.class_names,
            "embedding": self.maybe_embedding, "probabilities": self.maybe_probabilities, "inputs": self.maybe_inputs,
            "model": self.maybe_model, "graph": self.maybe_graph, "signals": self.signals, "columns": self.columns,
            "features": self.features, "out_of_sample": self.out_of_sample, "reference": self.maybe_reference,
            "space": self.space, "predictor": self.predictor,
        }  # fmt: skip
        unknown = [key for key in changes if key not in now]
        if unknown:
            remedy = (
                "Decisions refer to them. Build another study with Study.build(ids=...)."
                if unknown[0] == "ids"
                else f"There are: {', '.join(now)}."
            )
            raise SourceError(f"Study '{self.name}': '{unknown[0]}' cannot be replaced. {remedy}")
        for many in ("columns", "signals"):
            if many in changes:
                changes[many] = named_parts(f"Study '{self.name}': {many}", changes[many])
        if self.features == PROBABILITY_FEATURES:  # which follow the probabilities, and give way to others
            if {"probabilities", "out_of_sample", "inputs", "model", "graph", "signals"} & set(changes):
                changes.setdefault("embedding", None)
            if "embedding" in changes:
                changes.setdefault("features", "the given embedding")
        if "embedding" in changes:
            changes.setdefault("space", "")
        if "probabilities" in changes:
            changes.setdefault("predictor", "")
        known = unchanged_fingerprints(self.parts, now, changes) | dict(parts or {})
        return Study.build(ids=self.ids, **now | changes, parts=known)

    def with_labels(self, labels: ArrayLike) -> Study:
        """Return the same study with other labels; everything else is shared.

        Parameters
        ----------
        labels : array_like (n,)
            Class numbers; -1 where there is none.

        Returns
        -------
        Study
        """
        return self.replace(labels=labels)


def _to_rows(of: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that are given, each with rows that can be counted and read more than once."""
    return {part: to_rows(f"{of}'{part}'", value) for part, value in parts.items() if value is not None}


def _are_texts(pair: tuple[object, object]) -> bool:
    return all(isinstance(one, str) for one in pair)


def _known(need: Need) -> Need:
    """Return a part by its name, whoever wrote it."""
    try:
        return Need(need)
    except ValueError:
        raise ParameterError(f"A study has no part '{need}'. There are: {', '.join(Need)}.") from None
