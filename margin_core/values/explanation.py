"""One answer, with every step that led to it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

from margin_core.errors import MissingPart, SourceError
from margin_core.storage.archive import read_archive, values_from_arrays, values_to_arrays, write_archive
from margin_core.values.arrays import Floats, Ints, SignalValues, Texts, freeze, read_only
from margin_core.values.findings import Findings
from margin_core.values.handed_in import to_path
from margin_core.values.steps import Domain, Graph, Influence, Signal, Steps
from margin_core.values.summaries import html_facts

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True)
class Explanation:
    """The result of a task for a study, with the parameters of the task and every step of the computation.

    Attributes
    ----------
    task : str
        Name of the task.
    parameters : mapping of str to value
        Every parameter of the task by dotted name.
    study_name, study_fingerprint : str
    steps : Steps
        Domain, graph, signal and influence; also read as ``explanation.domain`` and so on.
    findings : Findings
    nodes : int array (q,)
        The node of each finding.
    fingerprint : str
        Identity: equal for the same task, parameters and study.

    Examples
    --------
    >>> import numpy as np
    >>> from margin_core import Study, explain
    >>> from margin_core.graph import Knn
    >>> from margin_core.tasks import LabelFlips
    >>> points = np.concatenate([np.random.default_rng(0).normal(size=(20, 2)) + center for center in (0, 9)])
    >>> labels = np.array([1, *[0] * 19, *[1] * 20])
    >>> explanation = explain(LabelFlips(graph=Knn(k=5)), Study.build(embedding=points, labels=labels))
    >>> explanation.findings.ids[0].item(), explanation.rows[0].item(), len(explanation.influence.scores)
    ('0', 0, 40)
    >>> explanation.to_frame().columns[:4].to_list()
    ['id', 'rank', 'score', 'role']
    """

    task: str
    parameters: Mapping[str, Any]
    study_name: str
    study_fingerprint: str
    steps: Steps
    findings: Findings
    nodes: Ints
    fingerprint: str

    def __post_init__(self) -> None:
        freeze(self, "nodes")

    def __repr__(self) -> str:
        return f"Explanation({', '.join(f'{name}: {text}' for name, text in self._facts())})"

    def _repr_html_(self) -> str:
        return html_facts("Explanation", self._facts()) + self.findings._repr_html_()

    def _facts(self) -> list[tuple[str, str]]:
        graph = self.graph
        return [
            ("task", self.task),
            ("study", self.study_name),
            ("graph", f"{len(self.domain.ids):,} nodes, {graph.weights.nnz:,} weights"),
            ("hypothesis", self.signal.hypothesis),
            *self.findings.facts(),
        ]

    @property
    def domain(self) -> Domain:
        """Step 1: the nodes."""
        return self.steps.domain

    @property
    def graph(self) -> Graph:
        """Step 2: which nodes are neighbors."""
        return self.steps.graph

    @property
    def signal(self) -> Signal:
        """Step 3: the explanation function on the nodes."""
        return self.steps.signal

    @property
    def influence(self) -> Influence:
        """Step 4: the high-passed signal and its magnitude."""
        return self.steps.influence

    @cached_property
    def rows(self) -> Ints:
        """The row of the study that each finding belongs to, (q,), in the order of the findings.

        `NO_ROW` (-1) where it belongs to no sample: a variable, or a sample of the reference.
        """
        return read_only(self.domain.rows[self.nodes])

    @property
    def heatmap(self) -> Floats:
        """The importance of each place of the sample that was explained, in [0, 1], larger = more important.

        Shape (h, w), the picture's own; (d,) or (words,) where the sample is a row of numbers or a text.

        Raises
        ------
        MissingPart
            The explanation of this task has no heatmap.
        """
        if "heatmap" not in self.findings.maps:
            raise MissingPart(
                f"'{self.task}' explains no single sample, so it has no heatmap. The task 'saliency' computes one."
            )
        return self.resize_to_picture("heatmap")

    def resize_to_picture(self, name: str) -> Floats:
        """Return one of the heatmaps of the findings at the size of the picture.

        Parameters
        ----------
        name : str
            A key of ``findings.maps``.

        Returns
        -------
        float32 array (h, w)
            Bilinear; the heatmap of a row or text as it is, (d,) or (words,).
        """
        from PIL import Image  # only pictures need it

        found = self.findings.maps[name]
        if self.domain.size is None:
            return found
        height, width = self.domain.size
        return np.asarray(Image.fromarray(found).resize((width, height), Image.Resampling.BILINEAR))

    def to_frame(self) -> pd.DataFrame:
        """Return the findings as a table, one row per finding, best first.

        Returns
        -------
        pandas.DataFrame
            Columns ``id``, ``rank`` (from 1), ``score``, ``role`` and the columns of evidence. Evidence with several
            values a row, such as ``nearest_ids``, is one column of text, a JSON array in each row; the empty texts
            that fill up a row with fewer values are left out.
        """
        import pandas as pd  # slow to import, and only tables need it

        columns: dict[str, Any] = {
            "id": self.findings.ids,
            "rank": np.arange(1, len(self.findings) + 1),
            "score": self.findings.scores,
            "role": self.findings.roles,
        }
        for name, values in self.findings.evidence.items():
            columns[name] = values if values.ndim == 1 else [_to_json(row) for row in values.tolist()]
        return pd.DataFrame(columns)

    def save(self, path: str | Path) -> None:
        """Write everything to one ``.npz`` (arrays and JSON, no pickle), whole or not at all.

        Parameters
        ----------
        path : str or Path
        """
        signal, high_pass = self.signal.values, self.influence.high_pass
        about = {
            "format": 1,
            "task": self.task,
            "parameters": dict(self.parameters),
            "study_name": self.study_name,
            "study_fingerprint": self.study_fingerprint,
            "domain_fingerprint": self.domain.fingerprint,
            "domain_size": self.domain.size,
            "hypothesis": self.signal.hypothesis,
            "signal": _layout(signal),
            "high_pass": _layout(high_pass),
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
            "findings.nodes": self.nodes,
        }
        for name in ("layout", "splits", "groups"):
            if (part := getattr(self.domain, name)) is not None:
                arrays[f"domain.{name}"] = part
        arrays |= {f"graph.{name}": array for name, array in self.graph.to_arrays().items()}
        arrays |= values_to_arrays("signal", signal) | values_to_arrays("high_pass", high_pass)
        arrays |= {f"evidence.{name}": array for name, array in self.findings.evidence.items()}
        arrays |= {f"maps.{name}": array for name, array in self.findings.maps.items()}
        write_archive(to_path("Explanation.save", path), about, arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Load what `save` wrote.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Explanation

        Raises
        ------
        SourceError
            The file is absent, damaged, holds pickled objects, or is no explanation.
        """
        about, arrays = read_archive(to_path("Explanation.load", path))
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
        domain = Domain(
            ids=arrays["domain.ids"],
            rows=arrays["domain.rows"],
            points=arrays["domain.points"],
            fingerprint=about["domain_fingerprint"],
            layout=arrays.get("domain.layout"),
            size=None if about["domain_size"] is None else tuple(about["domain_size"]),
            splits=arrays.get("domain.splits"),
            groups=arrays.get("domain.groups"),
        )
        values = {name: values_from_arrays(name, arrays) for name in ("signal", "high_pass")}
        for name, stored in values.items():
            if about[name] != _layout(stored):
                raise ValueError(f"'{name}' is {_layout(stored)}, and not {about[name]}")
        signal = Signal(values=values["signal"], hypothesis=about["hypothesis"])
        influence = Influence(scores=arrays["influence.scores"], high_pass=values["high_pass"])
        findings = Findings(
            ids=arrays["findings.ids"],
            scores=arrays["findings.scores"],
            roles=arrays["findings.roles"],
            evidence={name: arrays[f"evidence.{name}"] for name in about["evidence"]},
            maps={name: arrays[f"maps.{name}"] for name in about["maps"]},
        )
        nodes = arrays.get("findings.nodes")  # Release 0.1.0 did not write them.
        return cls(
            task=about["task"],
            parameters=about["parameters"],
            study_name=about["study_name"],
            study_fingerprint=about["study_fingerprint"],
            steps=Steps(domain, Graph.from_arrays(graph), signal, influence),
            findings=findings,
            nodes=nodes_of(domain.ids, findings.ids) if nodes is None else nodes,
            fingerprint=about["fingerprint"],
        )


def nodes_of(domain_ids: Texts, ids: Texts) -> Ints:
    """Return the node number of each id.

    Parameters
    ----------
    domain_ids : array of str (m,)
        Unique ids of the nodes, in node order.
    ids : array of str (q,)
        Each among `domain_ids`.

    Returns
    -------
    int array (q,)

    Raises
    ------
    KeyError
        An id that no node has.
    """
    node_of = {name: node for node, name in enumerate(domain_ids.tolist())}
    return np.array([node_of[name] for name in ids.tolist()], dtype=np.int64)


def _to_json(values: list[Any]) -> str:
    """Return several values of a finding as text that can be split again, whatever is in an id."""
    plain = [None if isinstance(value, float) and not math.isfinite(value) else value for value in values]
    return json.dumps([value for value in plain if value != ""], ensure_ascii=False)


def _layout(values: SignalValues) -> str:
    return "sparse" if isinstance(values, sparse.csr_array) else "dense"
