"""The values that travel between the steps of the protocol.

All are frozen, their arrays are read-only, and two of them are the same when their fingerprints are.
One glossary holds everywhere: n samples, m nodes, d dimensions, c classes, k neighbours, s signals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from margin_core.archive import read_archive, sparse_from_arrays, sparse_to_arrays, write_archive
from margin_core.errors import MissingPart, SourceError
from margin_core.fingerprint import fingerprint

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.str_]
AnyArray = TypeVar("AnyArray", bound=np.ndarray)

UNLABELLED = -1
"""The label of a sample that has none."""

LARGEST = 1e15
"""From this size on a feature counts as missing: sums of squares would overflow single precision."""


class Need(StrEnum):
    """A part of a study that a task can ask for."""

    LABELS = "labels"
    EMBEDDING = "embedding"
    PROBABILITIES = "probabilities"
    INPUTS = "inputs"
    MODEL = "model"


WHERE_TO_GET = {
    Need.LABELS: "Name the label column with --label, sort the files into one folder a class, or pass labels=.",
    Need.EMBEDDING: "Open the pictures with --model efficientnet-lite0, or pass embedding=.",
    Need.PROBABILITIES: "Pass --model, or probabilities=, an array with one row a sample and one column a class.",
    Need.INPUTS: "Open the folder or manifest that holds the samples themselves, or pass inputs=.",
    Need.MODEL: "Pass --model, or model=.",
}


@runtime_checkable
class Model(Protocol):
    """What the core asks of a model; black-box tasks need no more."""

    @property
    def fingerprint(self) -> str:
        """Identity by content: another set of weights has another fingerprint."""
        ...

    def probabilities(self, inputs: Any) -> NDArray[Any]:
        """Predict class probabilities ``(b, c)`` for a batch of inputs."""
        ...


@runtime_checkable
class EmbeddingModel(Model, Protocol):
    """A model that also gives features."""

    def embed(self, inputs: Any) -> NDArray[Any]:
        """Give the penultimate features ``(b, d)`` of a batch of inputs."""
        ...


@runtime_checkable
class Inputs(Protocol):
    """The samples themselves: an array, or files read when they are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: Any) -> Any: ...


def read_only(array: AnyArray) -> AnyArray:
    """Return an array that nobody can change: itself when nobody could before, else a frozen copy."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            array = array.copy()
            break
        owner = owner.base
    array.flags.writeable = False
    return array


def usable_rows(points: Floats) -> NDArray[np.bool_]:
    """Say which points ``(m, d)`` have features: finite numbers whose squares are finite too. Shape (m,)."""
    return np.asarray((np.abs(points) < LARGEST).all(axis=1))


def _frozen(value: Any) -> Any:
    if isinstance(value, sparse.csr_array):
        for array in (value.data, value.indices, value.indptr):
            array.flags.writeable = False
        return value
    return read_only(value) if isinstance(value, np.ndarray) else value


def _freeze(holder: Any, *names: str) -> None:
    for name in names:
        object.__setattr__(holder, name, _frozen(getattr(holder, name)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """A labelled data set, what a model makes of it, and nothing else.

    Make one with `Study.build`, which checks once that everything lines up. Every part but `ids` may be
    absent: it is stored as ``maybe_labels`` and read as ``labels``, which raises `MissingPart` with a hint.

    Attributes
    ----------
    name : str
        What a person calls it.
    ids : array of str, shape (n,)
        Unique, stable names of the samples; decisions refer to these.
    class_names : tuple of str, length c
    maybe_labels : int array (n,) or None
        The labels as given; `UNLABELLED` (-1) where there is none.
    maybe_embedding : float32 array (n, d) or None
        Features in which near means alike. A row with a NaN is left out of every graph.
    maybe_probabilities : float32 array (n, c) or None
        What a model says each sample is.
    out_of_sample : bool
        Whether each row of `probabilities` comes from a model that never saw that sample's label. Only
        then do rankings use them; a model repeats the wrong labels it was trained on.
    maybe_inputs : array (n, ...) or `Inputs` or None
        The samples: uint8 pictures ``(n, h, w)`` or ``(n, h, w, 3)``, rows of numbers, or files.
    maybe_model : `Model` or None
    columns : mapping of str to array (n,)
        Anything else known a sample: ``split``, ``weight``, ``group``, ``file``, ``model_label`` ...
    features : str
        In words, what the embedding is; shown wherever scores rest on it.
    parts : mapping of str to str
        The fingerprint of every part that is present.
    """

    name: str
    ids: Texts
    class_names: tuple[str, ...]
    maybe_labels: Ints | None
    maybe_embedding: Floats | None
    maybe_probabilities: Floats | None
    maybe_inputs: Any | None
    maybe_model: Any | None
    columns: Mapping[str, NDArray[Any]]
    features: str
    out_of_sample: bool
    parts: Mapping[str, str]
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))
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
        ids: ArrayLike | None = None,
        columns: Mapping[str, ArrayLike] | None = None,
        features: str = "the given embedding",
        out_of_sample: bool = True,
        parts: Mapping[str, str] | None = None,
    ) -> Self:
        """Check that all parts line up and freeze them.

        Parameters
        ----------
        name : str
        embedding : array_like (n, d), optional
            Cast to float32. A value that is infinite, or beyond 1e15, counts as NaN.
        labels : array_like (n,), optional
            Class numbers (-1 or NaN: no label) or class names (empty: no label). Where none has a label and
            there are no class names, the study has no labels.
        class_names : sequence of str, optional
            Default: the names that occur, sorted, or ``"0"`` ... ``"c-1"``.
        probabilities : array_like (n, c), optional
            Rows are scaled to sum to 1; a row with a NaN becomes uniform (no opinion).
        inputs, model : optional
        ids : array_like of str (n,), optional
            Default ``"0"`` ... ``"n-1"``.
        columns : mapping of array_like (n,), optional
        features : str
            What the embedding is, in words.
        out_of_sample : bool
            Pass False when the model behind `probabilities` was trained on these very labels: it is then
            shown as an opinion but takes no part in a ranking.
        parts : mapping of str to str, optional
            Fingerprints already known (a workspace knows them); a missing one is computed.

        Returns
        -------
        Study

        Raises
        ------
        SourceError
            Parts that do not line up, labels without a class, repeated ids, no samples.

        Notes
        -----
        Arrays that somebody could still write to are copied; a read-only memory map is not.
        """
        given = {
            "embedding": embedding, "labels": labels, "probabilities": probabilities, "inputs": inputs, "ids": ids,
            **(columns or {}),
        }  # fmt: skip
        n = _common_length(name, {part: value for part, value in given.items() if value is not None})
        checked_ids = _checked_ids(name, ids, n)
        names, numbers = _checked_labels(name, labels, class_names)
        checked_probabilities = _checked_probabilities(name, probabilities, names)
        if not names and checked_probabilities is not None:
            names = tuple(str(number) for number in range(checked_probabilities.shape[1]))
        kept = {
            "labels": numbers,
            "embedding": _checked_embedding(name, embedding),
            "probabilities": checked_probabilities,
            "inputs": read_only(inputs) if isinstance(inputs, np.ndarray) else inputs,
            "model": model,
        }
        frozen_columns = {key: read_only(np.asarray(value)) for key, value in (columns or {}).items()}
        known = dict(parts or {})
        known.setdefault("ids", fingerprint(checked_ids))
        known["class_names"] = fingerprint(names)
        for key, value in frozen_columns.items():
            known.setdefault(f"column {key}", fingerprint(value))
        for key, part in kept.items():
            if part is None:
                known.pop(key, None)
            elif key not in known:
                known[key] = getattr(part, "fingerprint", None) or fingerprint(part)
        return cls(
            name=name,
            ids=checked_ids,
            class_names=names,
            columns=frozen_columns,
            features=features,
            out_of_sample=out_of_sample,
            parts=known,
            **{f"maybe_{key}": value for key, value in kept.items()},  # type: ignore[arg-type]
        )

    def __len__(self) -> int:
        return len(self.ids)

    def has(self, need: Need) -> bool:
        """Say whether a part is present."""
        return getattr(self, f"maybe_{need}") is not None

    def require(self, need: Need) -> Any:
        """Return a part, or raise `MissingPart` saying where to get it."""
        value = getattr(self, f"maybe_{need}")
        if value is None:
            raise MissingPart(f"Study '{self.name}' has no {need}. {WHERE_TO_GET[need]}")
        return value

    @property
    def labels(self) -> Ints:
        """The labels as given, (n,)."""
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

    def with_labels(self, labels: ArrayLike) -> Study:
        """Return the same study with other labels (class numbers); everything else is shared."""
        kept = {key: value for key, value in self.parts.items() if key != "labels"}
        return Study.build(
            name=self.name, ids=self.ids, labels=labels, class_names=self.class_names,
            embedding=self.maybe_embedding, probabilities=self.maybe_probabilities, inputs=self.maybe_inputs,
            model=self.maybe_model, columns=self.columns, features=self.features,
            out_of_sample=self.out_of_sample, parts=kept,
        )  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Domain:
    """Step 1: what a node is.

    Attributes
    ----------
    ids : array of str (m,)
    rows : int array (m,)
        The sample that each node belongs to.
    points : float32 array (m, d)
        Where each node lies; distances between these make the graph.
    layout : int array (r, a, b) or (r, d) or None
        When nodes are parts of one sample: the node of each place in each of r divisions of it. Places are the cells
        of a grid that is laid over a picture, or the columns of a row, or the words of a text.
    size : (int, int) or None
        Height and width of the picture that the grid lies on.
    splits : int array (m,) or None
        The split of each node; 0 = the one that is learnt from. A node hears its own split and split 0, no other.
    groups : int array (m,) or None
        Nodes of one group (not negative) are never neighbours; negative = in no group.
    fingerprint : str
    """

    ids: Texts
    rows: Ints
    points: Floats
    fingerprint: str
    layout: Ints | None = None
    size: tuple[int, int] | None = None
    splits: Ints | None = None
    groups: Ints | None = None

    def __post_init__(self) -> None:
        _freeze(self, "ids", "rows", "points", "layout", "splits", "groups")


@dataclass(frozen=True, eq=False, kw_only=True)
class Graph:
    """Step 2: who is near whom.

    Attributes
    ----------
    weights : CSR array (m, m)
        Not negative, empty diagonal; row i is what node i hears. Symmetric, but for one thing: where a domain has
        splits, nodes of another split hear split 0 and are not heard by it. A node without edges is isolated: its
        features are missing, or it has no neighbour at all.
    neighbours : int32 array (m, k)
        Nearest first, ties by node number; -1 where a node has none.
    distances : float32 array (m, k)
        Same order; infinite where there is no neighbour.
    """

    weights: sparse.csr_array
    neighbours: NDArray[np.int32]
    distances: Floats

    def __post_init__(self) -> None:
        m = self.neighbours.shape[0]
        if self.weights.shape != (m, m) or self.distances.shape != self.neighbours.shape:
            raise ValueError(f"Graph: shapes differ: {self.weights.shape}, {self.neighbours.shape}.")
        if self.weights.nnz and (self.weights.data.min() < 0 or self.weights.diagonal().any()):
            raise ValueError("Graph: weights must not be negative and the diagonal must be empty.")
        _freeze(self, "weights", "neighbours", "distances")

    @property
    def isolated(self) -> NDArray[np.bool_]:
        """Nodes without any edge, (m,)."""
        alone: NDArray[np.bool_] = np.diff(self.weights.indptr) == 0
        return alone

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Take the graph apart for an archive."""
        return sparse_to_arrays("weights", self.weights) | {
            "neighbours": self.neighbours,
            "distances": self.distances,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Put together what `to_arrays` took apart."""
        return cls(
            weights=sparse_from_arrays("weights", arrays),
            neighbours=arrays["neighbours"],
            distances=arrays["distances"],
        )


SignalValues: TypeAlias = NDArray[Any] | sparse.csr_array


@dataclass(frozen=True, eq=False, kw_only=True)
class Signal:
    """Step 3: the explanation function on the nodes.

    Attributes
    ----------
    values : array (m,) or (m, s), or CSR array (m, s)
        Sparse where most entries are zero, such as one-hot labels.
    hypothesis : str
        A sentence that a person can contest; influential nodes are the ones that contest it.
    """

    values: SignalValues
    hypothesis: str

    def __post_init__(self) -> None:
        _freeze(self, "values")


@dataclass(frozen=True, eq=False, kw_only=True)
class Influence:
    """Step 4: how badly a node's value is foretold by its neighbours.

    Attributes
    ----------
    scores : float array (m,) in [0, 1]
        Magnitude of the high-passed signal over its maximum; larger = more influential.
    high_pass : same shape as the signal
        The high-passed signal itself, with its sign.
    """

    scores: Doubles
    high_pass: SignalValues

    def __post_init__(self) -> None:
        _freeze(self, "scores", "high_pass")


@dataclass(frozen=True, eq=False, kw_only=True)
class Findings:
    """Step 5: the answer, always the full ranking, best first; views slice it.

    Attributes
    ----------
    ids : array of str (q,)
    scores : float array (q,)
        Not increasing; what larger means is the task's to say.
    roles : array of str (q,)
        ``suspect``, ``unlabelled``, ``unscored``, ``prototype``, ``criticism`` ...
    evidence : mapping of str to array (q,) or (q, k)
        The reasons, column by column, in the order of `ids`.
    maps : mapping of str to float32 array (places)
        What is said of each place of one sample, where nodes are its parts; see `Domain.layout`.
    """

    ids: Texts
    scores: Doubles
    roles: Texts
    evidence: Mapping[str, NDArray[Any]]
    maps: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _freeze(self, "ids", "scores", "roles")
        evidence = {name: _frozen(values) for name, values in self.evidence.items()}
        object.__setattr__(self, "evidence", MappingProxyType(evidence))
        maps = {name: read_only(values) for name, values in self.maps.items()}
        object.__setattr__(self, "maps", MappingProxyType(maps))

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False, kw_only=True)
class Explanation:
    """Everything about one answer: the question, its parameters, each step and the result."""

    task: str
    parameters: Mapping[str, Any]
    study_name: str
    study_fingerprint: str
    domain: Domain
    graph: Graph
    signal: Signal
    influence: Influence
    findings: Findings
    fingerprint: str

    @property
    def heatmap(self) -> Floats:
        """What matters in the sample that was explained, larger = more important, in [0, 1].

        Shape (h, w), the picture's own; (d,) or (words,) where the sample is a row of numbers or a text.

        Raises
        ------
        MissingPart
            This question has no such answer.
        """
        if "heatmap" not in self.findings.maps:
            raise MissingPart(f"'{self.task}' explains no single sample, so there is no heat map. Ask saliency.")
        return self.placed("heatmap")

    def placed(self, name: str) -> Floats:
        """Lay one of the maps of the findings over the picture: float32 (h, w); that of a row or text as it is."""
        from PIL import Image  # only pictures need it

        found = self.findings.maps[name]
        if self.domain.size is None:
            return found
        height, width = self.domain.size
        return np.asarray(Image.fromarray(found).resize((width, height), Image.Resampling.BILINEAR))

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a table, one row a finding, best first.

        Evidence with several values a row (nearest ids, say) becomes one column of space-joined text.
        """
        import pandas as pd  # slow to import, and only tables need it

        columns: dict[str, Any] = {
            "id": self.findings.ids,
            "rank": np.arange(1, len(self.findings) + 1),
            "score": self.findings.scores,
            "role": self.findings.roles,
        }
        for name, values in self.findings.evidence.items():
            columns[name] = values if values.ndim == 1 else [" ".join(map(str, row)) for row in values]
        return pd.DataFrame(columns)

    def save(self, path: str | Path) -> None:
        """Write everything to one ``.npz`` (arrays and JSON, no pickle), whole or not at all."""
        signal, signal_arrays = _values_to_arrays("signal", self.signal.values)
        high_pass, high_pass_arrays = _values_to_arrays("high_pass", self.influence.high_pass)
        about = {
            "format": 1,
            "task": self.task,
            "parameters": dict(self.parameters),
            "study_name": self.study_name,
            "study_fingerprint": self.study_fingerprint,
            "domain_fingerprint": self.domain.fingerprint,
            "domain_size": self.domain.size,
            "hypothesis": self.signal.hypothesis,
            "signal": signal,
            "high_pass": high_pass,
            "evidence": list(self.findings.evidence),
            "maps": list(self.findings.maps),
            "fingerprint": self.fingerprint,
        }
        arrays: dict[str, np.ndarray] = {
            "domain.ids": self.domain.ids,
            "domain.rows": self.domain.rows,
            "domain.points": self.domain.points,
            "influence.scores": self.influence.scores,
            "findings.ids": self.findings.ids,
            "findings.scores": self.findings.scores,
            "findings.roles": self.findings.roles,
        }
        for name in ("layout", "splits", "groups"):
            if (part := getattr(self.domain, name)) is not None:
                arrays[f"domain.{name}"] = part
        arrays |= {f"graph.{name}": array for name, array in self.graph.to_arrays().items()}
        arrays |= signal_arrays | high_pass_arrays
        arrays |= {f"evidence.{name}": array for name, array in self.findings.evidence.items()}
        arrays |= {f"maps.{name}": array for name, array in self.findings.maps.items()}
        write_archive(Path(path), about, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        SourceError
            The file is absent, damaged, holds pickled objects, or is no explanation.
        """
        about, arrays = read_archive(Path(path))
        if about.get("format") != 1 or "task" not in about:
            raise SourceError(f"'{path}' is not an explanation this version can read. Make it again with explain().")
        try:
            return cls._put_together(about, arrays)
        except KeyError as error:
            raise SourceError(
                f"'{path}' is not a whole explanation: it has no entry {error}. Make it again with explain()."
            ) from None
        except (TypeError, ValueError, IndexError) as error:
            raise SourceError(
                f"'{path}' is not an explanation: its parts do not fit together ({error}). "
                "Make it again with explain()."
            ) from error

    @classmethod
    def _put_together(cls, about: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        graph = {name.removeprefix("graph."): array for name, array in arrays.items() if name.startswith("graph.")}
        return cls(
            task=about["task"],
            parameters=about["parameters"],
            study_name=about["study_name"],
            study_fingerprint=about["study_fingerprint"],
            domain=Domain(
                ids=arrays["domain.ids"],
                rows=arrays["domain.rows"],
                points=arrays["domain.points"],
                fingerprint=about["domain_fingerprint"],
                layout=arrays.get("domain.layout"),
                size=None if about["domain_size"] is None else tuple(about["domain_size"]),
                splits=arrays.get("domain.splits"),
                groups=arrays.get("domain.groups"),
            ),
            graph=Graph.from_arrays(graph),
            signal=Signal(
                values=_values_from_arrays("signal", about["signal"], arrays), hypothesis=about["hypothesis"]
            ),
            influence=Influence(
                scores=arrays["influence.scores"],
                high_pass=_values_from_arrays("high_pass", about["high_pass"], arrays),
            ),
            findings=Findings(
                ids=arrays["findings.ids"],
                scores=arrays["findings.scores"],
                roles=arrays["findings.roles"],
                evidence={name: arrays[f"evidence.{name}"] for name in about["evidence"]},
                maps={name: arrays[f"maps.{name}"] for name in about["maps"]},
            ),
            fingerprint=about["fingerprint"],
        )


def _values_to_arrays(name: str, values: SignalValues) -> tuple[str, dict[str, np.ndarray]]:
    if isinstance(values, sparse.csr_array):
        return "sparse", sparse_to_arrays(name, values)
    return "dense", {name: values}


def _values_from_arrays(name: str, kind: str, arrays: Mapping[str, np.ndarray]) -> SignalValues:
    return sparse_from_arrays(name, arrays) if kind == "sparse" else arrays[name]


def _common_length(name: str, parts: Mapping[str, Any]) -> int:
    lengths = {part: len(value) for part, value in parts.items()}
    if not lengths or not max(lengths.values()):
        raise SourceError(f"Study '{name}' has no samples. Give at least one row of embedding, labels or inputs.")
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{part} {length:,}" for part, length in lengths.items())
        raise SourceError(f"Study '{name}': rows do not line up ({listed}). Every part needs one row a sample.")
    return next(iter(lengths.values()))


def _checked_ids(name: str, ids: ArrayLike | None, n: int) -> Texts:
    texts = np.asarray(np.arange(n) if ids is None else ids, dtype=str)
    if texts.ndim != 1:
        raise SourceError(f"Study '{name}': ids must be one per sample; got an array of shape {texts.shape}.")
    _refuse_undecoded(name, "id", texts.tolist())
    unique, counts = np.unique(texts, return_counts=True)
    if len(unique) < n:
        twice = unique[counts > 1][0]
        raise SourceError(f"Study '{name}': id '{twice}' occurs {counts.max()} times. Ids must be unique.")
    # As wide as the longest: the same ids have the same fingerprint however they were made.
    return read_only(texts.astype(f"U{max(int(np.char.str_len(texts).max()), 1)}", copy=False))


def _refuse_undecoded(name: str, what: str, texts: Sequence[str]) -> None:
    """Raise for text that no table, database or page can hold: bytes of a file name that are not UTF-8."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        odd = next(text for text in texts if text.encode(errors="ignore").decode() != text)
        raise SourceError(
            f"Study '{name}': the {what} {odd!a} is not Unicode text. Rename the file that it comes from, or give "
            f"another {what}."
        ) from None


def _checked_labels(
    name: str, labels: ArrayLike | None, class_names: Sequence[str] | None
) -> tuple[tuple[str, ...], Ints | None]:
    names = tuple(str(item) for item in class_names) if class_names is not None else ()
    if len(set(names)) < len(names):
        raise SourceError(f"Study '{name}': class names repeat. Each class needs a name of its own.")
    _refuse_undecoded(name, "class name", names)
    if labels is None:
        return names, None
    raw = np.asarray(labels)
    if raw.dtype.kind == "U" and not isinstance(labels, np.ndarray):
        raw = np.asarray(labels, dtype=object)  # a NaN among names in a list has just become the text "nan"
    if raw.ndim != 1:
        raise SourceError(f"Study '{name}': labels must be one per sample; got an array of shape {raw.shape}.")
    if raw.dtype.kind in "OUS":
        texts = np.array(["" if item is None or item != item else str(item).strip() for item in raw])
        present = set(texts[texts != ""].tolist())
        names = names or tuple(sorted(present))
        _refuse_undecoded(name, "label", names)
        unknown = sorted(present - set(names))
        if unknown:
            raise SourceError(
                f"Study '{name}': label '{unknown[0]}' is not among the {len(names)} class names. "
                "Add it to class_names or correct the label."
            )
        number_of = {text: number for number, text in enumerate(names)} | {"": UNLABELLED}
        numbers = np.array([number_of[text] for text in texts], dtype=np.int64)
    else:
        missing = ~np.isfinite(raw) if raw.dtype.kind == "f" else np.zeros(raw.shape, bool)
        filled = np.where(missing, UNLABELLED, raw)
        with np.errstate(invalid="ignore"):
            numbers = filled.astype(np.int64)
        if (numbers != filled).any():
            odd = filled[numbers != filled][0]
            raise SourceError(f"Study '{name}': labels must be whole class numbers or names; got {odd}.")
        names = names or tuple(str(number) for number in range(int(numbers.max(initial=-1)) + 1))
        if numbers.min() < UNLABELLED or numbers.max() >= len(names):
            worst = numbers.min() if numbers.min() < UNLABELLED else numbers.max()
            raise SourceError(
                f"Study '{name}': label {worst} has no class; there are {len(names)} class names "
                f"(0 to {len(names) - 1}, or -1 for no label)."
            )
    return names, read_only(numbers) if names else None


def _checked_embedding(name: str, embedding: ArrayLike | None) -> Floats | None:
    if embedding is None:
        return None
    try:
        with np.errstate(over="ignore"):  # too large for float32: infinite, that is, missing
            points = np.asarray(embedding, dtype=np.float32)
    except (TypeError, ValueError):
        raise SourceError(f"Study '{name}': the embedding must be numbers. Drop or encode the text columns.") from None
    if points.ndim != 2 or points.shape[1] == 0:
        raise SourceError(f"Study '{name}': the embedding must have shape (samples, dimensions); got {points.shape}.")
    return read_only(points)


def _checked_probabilities(name: str, probabilities: ArrayLike | None, names: tuple[str, ...]) -> Floats | None:
    if probabilities is None:
        return None
    table = np.asarray(probabilities, dtype=np.float32)
    if table.ndim != 2 or (names and table.shape[1] != len(names)):
        wanted = f"(samples, {len(names)})" if names else "(samples, classes)"
        raise SourceError(
            f"Study '{name}': probabilities must have shape {wanted}, a column a class; got {table.shape}."
        )
    blank = np.asarray(~np.isfinite(table).all(axis=1))
    if blank.any():
        table = np.where(blank[:, None], np.float32(1 / table.shape[1]), table)
    total = table.sum(axis=1)
    if table.min() < 0 or (np.abs(total - 1) > 0.01).any():
        worst = int(np.abs(total - 1).argmax())
        raise SourceError(
            f"Study '{name}': probabilities must be between 0 and 1 and sum to 1 in each row; "
            f"row {worst} sums to {total[worst]:.3g}. Apply softmax to logits first."
        )
    # Dividing rows that are exact already would only cost a copy of the memory map.
    return read_only(table if (np.abs(total - 1) < 1e-5).all() else table / total[:, None])
