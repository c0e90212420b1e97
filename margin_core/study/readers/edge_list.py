"""A table of edges, a row each, with the ids of its two nodes, beside the table or folder of the nodes.

::

    source,target        or  from,to,weight        or, without names,  35,1033
    a1,a2                    a1,a2,0.5                                 35,103482
    a2,a7                    a2,a7,2.0                                 35,1035
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.contents import FileListing, compute_digests
from margin_core.study.notes import Note, check_lost, loss, read
from margin_core.study.readers.edge_graph import VERSION, EdgeRows, count_samples, with_edges
from margin_core.study.readers.table_suffixes import MANIFESTS
from margin_core.study.samples import ReadRequest, Samples, counted, listed, listed_columns, worded
from margin_core.values import Ints

if TYPE_CHECKING:
    import pyarrow as pa

    from margin_core.study.readers.column_table import ColumnTable

ENDS = (
    ("source", "target"), ("from", "to"), ("src", "dst"), ("u", "v"), ("node1", "node2"), ("citing", "cited"),
    ("start", "end"), ("head", "tail"),
)  # fmt: skip
"""What the two columns of nodes are usually called, in lower case."""

EDGE_WEIGHTS = ("weight", "weights", "edge_weight", "w", "value", "count")


@dataclass(frozen=True, eq=False)
class _EdgeColumns:
    """The columns of a table of edges that are read, and the names of the others."""

    starts: pa.ChunkedArray
    ends: pa.ChunkedArray
    weights: NDArray[Any] | None
    others: list[str]
    named: str


def read_with_edges(request: ReadRequest, reader: Callable[[ReadRequest], Samples]) -> Samples:
    """Read a source, and the edges between its samples from the table that the request names, if it names one.

    Parameters
    ----------
    request : ReadRequest
        Its columns name the table of edges (``edges``); or the nodes (``nodes``), and its path is the table of edges.
    reader : callable
        Reads the samples.

    Returns
    -------
    Samples
        With ``graph`` where edges are named.

    Raises
    ------
    SourceError
        The table cannot be read, has no two columns of nodes, or most of its edges lead to unknown nodes; edges and
        nodes are both named; or as the reader raises it.
    AccessError
        As the reader raises it.
    """
    columns = request.columns
    if columns.edges is None and columns.nodes is None:
        return reader(request)
    if columns.edges is not None and columns.nodes is not None:
        raise SourceError(
            f"'{request.path}': of --edges and --nodes name one. The source is the nodes with the first, and the edges "
            "with the second."
        )
    nodes = request.path if columns.nodes is None else Path(columns.nodes)
    edges = request.path if columns.edges is None else Path(columns.edges)
    own = replace(request, path=nodes, columns=replace(columns, edges=None, nodes=None), has_edges=True)
    samples = reader(own)
    if columns.nodes is not None:
        samples = replace(samples, name=request.path.stem)
    return join_edges(samples, own, edges)


def join_edges(samples: Samples, request: ReadRequest, path: Path) -> Samples:
    """Return samples with the graph of a table of edges, which names them by their ids.

    Parameters
    ----------
    samples : Samples
    request : ReadRequest
        Of the samples.
    path : Path
        Of the table of edges.

    Returns
    -------
    Samples
        With ``graph``.

    Raises
    ------
    SourceError
        The table cannot be read, has no two columns of nodes, or most of its edges lead to unknown nodes.

    Notes
    -----
    A million edges take a few seconds.
    """
    ids = samples.ids
    if ids is None:
        ids = np.array([str(row) for row in range(count_samples(samples))])
        samples = replace(samples, ids=ids)
    found = _edge_columns(path, ids)
    starts, ends = _rows_of(found.starts, ids), _rows_of(found.ends, ids)
    known = (starts >= 0) & (ends >= 0)
    notes = _notes_of_unknown(path, found, starts, ends, request.path)
    if found.others:
        notes = (*notes, read(f"Columns of '{path.name}' not used: {listed_columns(found.others, 12)}."))
    weights = None if found.weights is None else found.weights[known]
    if weights is not None and np.isnan(weights).any():
        missing = int(np.isnan(weights).sum())
        raise SourceError(
            f"'{path}': {counted(missing, 'edge')} {worded(missing, 'has', 'have')} no weight. Fill it in, or take the "
            "column out."
        )
    samples = with_edges(path, samples, EdgeRows(starts[known], ends[known], weights))
    content = compute_digests(FileListing.of(path.parent, [path.name]), None, request.run)
    key = None if samples.key is None else fingerprint(samples.key, "edges", VERSION, content)
    return replace(samples, notes=(*samples.notes, *notes, read(f"Edges: {found.named} of '{path.name}'.")), key=key)


def are_edge_names(names: Sequence[str]) -> bool:
    """Return whether columns are called as those of a table of edges, and none besides.

    Parameters
    ----------
    names : sequence of str
        Of all columns.

    Returns
    -------
    bool
        Also where the table has no line of names and begins with the numbers of two nodes.
    """
    lower = [name.strip().lower() for name in names]
    if len(lower) in (2, 3) and all(name.isdecimal() for name in lower[:2]):
        return True
    return any({*pair} <= {*lower} and {*lower} - {*pair} <= {*EDGE_WEIGHTS} for pair in ENDS)


def looks_like_edges(table: ColumnTable) -> bool:
    """Return whether a table has the two columns of edges and nothing else but weights.

    Parameters
    ----------
    table : ColumnTable

    Returns
    -------
    bool
        Two columns that are called as those of edges are, and share a value: a class is no source.
    """
    lower = {name.strip().lower(): name for name in table.columns}
    pair = next((pair for pair in ENDS if lower.keys() >= {*pair}), None)
    if pair is None or not lower.keys() - {*pair} <= {*EDGE_WEIGHTS}:
        return False
    one, other = (set(table.texts(lower[name])) for name in pair)
    return not one.isdisjoint(other)


def _edge_columns(path: Path, ids: NDArray[np.str_]) -> _EdgeColumns:
    """Read a table of edges: the columns that are called so, else the first two that name samples."""
    from margin_core.study.readers.column_names import read_column_names
    from margin_core.study.readers.column_table import read_table  # pyarrow is slow to import

    if not path.name.lower().endswith(MANIFESTS):
        raise SourceError(f"'{path}' is no table of edges. Give one of {', '.join(MANIFESTS)}.")
    weights = [name.strip().lower() for name in read_column_names(path)]
    table = read_table(path, {name for name in weights if name not in EDGE_WEIGHTS})
    names = list(table.columns)
    lower = {name.strip().lower(): name for name in reversed(names)}
    weight = next((lower[name] for name in EDGE_WEIGHTS if name in lower), None)
    pair = next(((lower[one], lower[other]) for one, other in ENDS if one in lower and other in lower), None)
    if pair is None and len(names) >= 2 and set(names[:2]) <= set(ids.tolist()):
        return _without_names(table, names)
    if pair is None:
        others = [name for name in names if name != weight]
        naming = [name for name in others if (_rows_of(_texts(table, name), ids) >= 0).any()]
        found = others if len(others) == 2 else naming
        if len(found) < 2:
            raise SourceError(
                f"'{path}' has no two columns that name the nodes of edges. {table.listing} Call these columns "
                "'source' and 'target'."
            )
        pair = (found[0], found[1])
    numbers = None if weight is None else table.numbers(weight)
    if weight is not None and numbers is None:
        raise SourceError(
            f"'{path}': the column '{weight}' must hold the weights of edges, in numbers. Correct it, or take it out."
        )
    beside = [name for name in names if name not in (*pair, weight)]
    named = f"columns '{pair[0]}' and '{pair[1]}'" + (f", weights '{weight}'" if weight else "")
    return _EdgeColumns(_texts(table, pair[0]), _texts(table, pair[1]), numbers, beside, named)


def _without_names(table: ColumnTable, names: list[str]) -> _EdgeColumns:
    """Return the columns of a table whose first line, read as names, is an edge like all others."""
    import pyarrow as pa

    first, second = (
        pa.chunked_array([pa.array([name]), *_texts(table, name).chunks], pa.string()) for name in names[:2]
    )
    return _EdgeColumns(first, second, None, [], "the first two columns, which have no names,")


def _texts(table: ColumnTable, name: str) -> pa.ChunkedArray:
    """Return a column of ids as texts without blanks around them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = table.columns[name]
    if pa.types.is_floating(column.type) and pc.all(pc.equal(column, pc.floor(column))).as_py():
        column = column.cast(pa.int64())
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def _rows_of(texts: pa.ChunkedArray, ids: NDArray[np.str_]) -> Ints:
    """Return the row of the sample that each text names; -1 where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.index_in(texts, value_set=pa.array(np.char.strip(ids).tolist(), pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(), dtype=np.int64)


def _notes_of_unknown(path: Path, edges: _EdgeColumns, starts: Ints, ends: Ints, nodes: Path) -> tuple[Note, ...]:
    """Return a note of the edges to nodes that are no samples; refuse a table where these are many."""
    unknown = np.flatnonzero((starts < 0) | (ends < 0))
    if not len(unknown):
        return ()
    names = dict.fromkeys(
        str((edges.starts if starts[row] < 0 else edges.ends)[row].as_py()) for row in unknown[:100].tolist()
    )
    first = listed([f"'{name}'" for name in names], 3) if len(names) < 100 else ", ".join(list(names)[:3]) + " ..."
    if len(unknown) == len(starts):
        raise SourceError(
            f"'{path}': no edge joins two samples of '{nodes}' ({first}). Name the column of the node ids with --id."
        )
    check_lost(
        path, len(unknown), len(starts), f"edges lead to nodes that are no samples of '{nodes}' ({first})",
        "Add these nodes, or name the column of the ids with --id.",
    )  # fmt: skip
    lead = worded(len(unknown), "which leads to a node that is no sample", "which lead to nodes that are no samples")
    return (loss(f"{counted(len(unknown), 'edge')} of '{path.name}' left out, {lead} ({first})."),)
