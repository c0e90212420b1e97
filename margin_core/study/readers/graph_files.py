"""GraphML and GML, read by NetworkX: nodes with their attributes as the rows of a table, and the edges between them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import numpy as np

from margin_core.errors import SourceError
from margin_core.storage.file_content import describe_lfs_pointer
from margin_core.study.readers.edge_graph import EdgeRows, with_edges
from margin_core.study.samples import ReadRequest, Samples

SUFFIXES = (".graphml", ".gml")

MAX_BYTES = 200_000_000
"""Of a file: NetworkX holds each node and each edge as objects, which take about ten times as much."""

WEIGHT = "weight"

_AT_ONCE = 1 << 20


def read_graph_file(request: ReadRequest) -> Samples:
    """Read a file in GraphML or GML.

    Parameters
    ----------
    request : ReadRequest
        Its path is the file. Attributes of nodes are the columns of a table, with the roles that they have in one; the
        ids are those of the nodes, or the label that GML gives each node where no two are alike.

    Returns
    -------
    Samples
        With ``graph``; the weights of its edges are their attribute ``weight``, if all have one.

    Raises
    ------
    SourceError
        The file is damaged, holds a document type (DTD) or entities, is larger than `MAX_BYTES`, or has no node or no
        edge; or as for a manifest.
    """
    import pyarrow as pa  # slow to import, and few sources need it

    from margin_core.study.readers.column_table import ColumnTable
    from margin_core.study.readers.manifest import read_rows

    path = request.path
    graph = _read(path)
    if not graph.number_of_nodes():
        raise SourceError(f"'{path}' has no nodes. Save the graph again, with a node for each sample.")
    nodes = list(graph.nodes)
    ids = [str(node) for node in nodes]
    columns: dict[str, pa.ChunkedArray] = {}
    for name in dict.fromkeys(key for _, attributes in graph.nodes(data=True) for key in attributes):
        if str(name).lower() != "id":
            values = [attributes.get(name) for _, attributes in graph.nodes(data=True)]
            columns[str(name)] = pa.chunked_array([_to_column(values)])
    names = columns.get("label")
    if path.name.lower().endswith(".gml") and names is not None and _are_names(names.to_pylist()):
        ids = list(map(str, columns.pop("label").to_pylist()))
    table = ColumnTable(path, {"id": pa.chunked_array([pa.array(ids, pa.string())]), **columns})
    samples = read_rows(replace(request, has_edges=True), table)
    row_of = {node: row for row, node in enumerate(nodes)}
    return with_edges(path, samples, _edges(path, graph, row_of))


def _read(path: Path) -> Any:
    """Return the graph of a file."""
    if pointer := describe_lfs_pointer(path):
        raise SourceError(pointer)
    if path.stat().st_size > MAX_BYTES:
        raise SourceError(
            f"'{path}' takes {path.stat().st_size / 1e6:,.0f} MB, and of GraphML and GML {MAX_BYTES / 1e6:,.0f} MB can "
            "be read. Save the nodes as a table and the edges as another, and open it with --edges."
        )
    import networkx as nx  # slow to import, and few sources need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of attributes whose type a file does not state
            if path.name.lower().endswith(".gml"):
                return nx.read_gml(path, label="id")
            with path.open("rb") as stream:
                _refuse_entities(path, stream)
                stream.seek(0)
                return nx.read_graphml(stream)
    except (nx.NetworkXException, ParseError, ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        if isinstance(error, SourceError):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(
            f"'{path}' cannot be read: {reason.rstrip('.')[:200]}. Save the graph again, with networkx.write_graphml."
        ) from error


def _refuse_entities(path: Path, stream: IO[bytes]) -> None:
    """Refuse a document type: entities that it declares may expand to gigabytes, or name other files."""

    def refuse(*_: object) -> None:
        raise SourceError(
            f"'{path}' declares a document type (DTD), which GraphML does not need and which is not read. Take the "
            "line that begins with <!DOCTYPE out of it."
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        while content := stream.read(_AT_ONCE):
            parser.Parse(content, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SourceError(f"'{path}' is not well-formed XML: {error}. Save the graph again.") from error


def _to_column(values: Sequence[Any]) -> Any:
    """Return the attribute of nodes as a column: of numbers, or of texts where any is something else."""
    import pyarrow as pa

    known = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in known):
        return pa.array([None if value is None else str(value).lower() for value in values], pa.string())
    if all(isinstance(value, int) for value in known):
        return (
            pa.array(values, pa.int64())
            if all(abs(value) < 2**63 for value in known)
            else pa.array([None if value is None else float(value) for value in values], pa.float64())
        )
    if all(isinstance(value, int | float) for value in known):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _are_names(values: Sequence[Any]) -> bool:
    """Return whether values name nodes: none is missing, and no two are alike."""
    return None not in values and len(set(map(str, values))) == len(values)


def _edges(path: Path, graph: Any, row_of: Mapping[Any, int]) -> EdgeRows:
    listed = list(graph.edges(data=WEIGHT))
    starts = np.fromiter((row_of[start] for start, _, _ in listed), np.int64, len(listed))
    ends = np.fromiter((row_of[end] for _, end, _ in listed), np.int64, len(listed))
    return EdgeRows(starts, ends, _weights(path, [weight for _, _, weight in listed]), graph.is_directed())


def _weights(path: Path, values: Sequence[Any]) -> np.ndarray | None:
    """Return the weights of edges; None where none has one."""
    missing = sum(value is None for value in values)
    if missing == len(values):
        return None
    if missing:
        raise SourceError(
            f"'{path}': {missing:,} of {len(values):,} edges have no weight. Give each edge one, or none of them."
        )
    try:
        return np.array([float(value) for value in values])
    except (TypeError, ValueError):
        raise SourceError(
            f"'{path}': weights of edges must be numbers; got {_first_odd(values)!r}. Correct it, or take the "
            "attribute 'weight' out."
        ) from None


def _first_odd(values: Sequence[Any]) -> Any:
    def odd() -> Iterator[Any]:
        for value in values:
            try:
                float(value)
            except (TypeError, ValueError):
                yield value

    return next(odd())
