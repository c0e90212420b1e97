"""Whatever a user hands in as a part of a study works, or is refused in one sentence that says what to do."""

from __future__ import annotations

import datetime
import re
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch
from PIL import Image
from scipy import sparse

from margin_core import Study
from margin_core.errors import MarginError, MarginWarning, SourceError
from margin_core.values import array_like
from margin_core.values.array_like import to_array

X = np.arange(8.0).reshape(4, 2)
Y = np.array([0, 1, 0, 1])
FRAME = pd.DataFrame(X, columns=["width", "height"], index=list("dcba"))
GRAPH = np.eye(4, k=1) + np.eye(4, k=-1)
Row = namedtuple("Row", "width height")


class Polars:
    """What polars has of a table, as far as it is used."""

    def __init__(self, **columns):
        self._columns = {key: np.asarray(part) for key, part in columns.items()}
        self.columns = list(columns)
        self.shape = (len(next(iter(self._columns.values()))), len(columns))

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, name):
        return self._columns[name]

    def get_column(self, name):
        return self._columns[name]

    def to_numpy(self):
        return np.column_stack(list(self._columns.values()))


def memory_map(tmp_path):
    np.save(tmp_path / "x.npy", X.astype(np.float32))
    return np.load(tmp_path / "x.npy", mmap_mode="r")


def locked(array):
    array = array.copy()
    array.flags.writeable = False
    return array


NUMBERS = {
    "lists": lambda at: X.tolist(),
    "tuples": lambda at: tuple(map(tuple, X)),
    "named tuples": lambda at: [Row(*row) for row in X.tolist()],
    "a list of arrays": lambda at: list(X),
    "a generator": lambda at: (row for row in X),
    "a map": lambda at: map(list, X),
    "the values of a mapping": lambda at: dict(enumerate(X)).values(),
    "single precision": lambda at: X.astype(np.float32),
    "half precision": lambda at: X.astype(np.float16),
    "extended precision": lambda at: X.astype(np.longdouble),
    "whole numbers": lambda at: X.astype(np.uint8),
    "big endian": lambda at: X.astype(">f8"),
    "Fortran order": np.asfortranarray(X),
    "every other row": np.repeat(X, 2, axis=0)[::2],
    "read only": locked(X),
    "a matrix": lambda at: np.asarray(X).view(np.matrix),
    "a memory map": memory_map,
    "objects": X.astype(object),
    "fractions": [[Fraction(value) for value in row] for row in X.tolist()],
    "texts that are numbers": X.astype(str),
    "nothing masked": np.ma.masked_array(X, mask=False),
    "a sparse matrix": sparse.csr_matrix(X),
    "a sparse array": sparse.coo_array(X),
    "a data frame": FRAME,
    "a data frame of nullable numbers": FRAME.astype("Float32"),
    "a data frame of sparse columns": FRAME.astype(pd.SparseDtype(float)),
    "a data frame of categories": FRAME.astype("category"),
    "a table of polars": Polars(width=X[:, 0], height=X[:, 1]),
    "a table of PyArrow": pa.table({"width": X[:, 0], "height": X[:, 1]}),
    "a tensor": torch.from_numpy(X),
    "a tensor with a gradient": torch.tensor(X, requires_grad=True),
    "a tensor of bfloat16": torch.tensor(X, dtype=torch.bfloat16),
    "a tensor of 8 bits": torch.tensor(X).to(torch.float8_e5m2),
    "a sparse tensor": torch.from_numpy(X).to_sparse(),
    "a negated view": torch.complex(torch.zeros(4, 2), torch.from_numpy(-X).float()).conj().imag,
    "a list of tensors": [torch.tensor(row, requires_grad=True) for row in X],
}
"""Each is X, or as much of it as its precision holds."""


@pytest.mark.parametrize("value", NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("part", ["embedding", "signal"])
@pytest.mark.filterwarnings("ignore:.*matrix subclass:PendingDeprecationWarning")
def test_numbers_in_any_form(value, part, tmp_path):
    value = value(tmp_path) if callable(value) else value
    if part == "embedding":
        held = Study.build(embedding=value).embedding
        assert held.dtype == np.float32
    else:
        held = Study.build(signals={"f": value}).signals["f"]
        assert held.dtype == np.float64
    np.testing.assert_array_equal(held, X)
    assert not held.flags.writeable


def test_a_memory_map_stays_one_and_what_is_written_to_later_is_copied(tmp_path):
    assert isinstance(Study.build(embedding=memory_map(tmp_path)).embedding.base, np.memmap)
    tensor, frame = torch.zeros(4, 2), FRAME.astype(np.float32)
    studies = [Study.build(embedding=tensor), Study.build(embedding=frame)]
    tensor += 1
    frame.iloc[0, 0] = 99
    assert [study.embedding[0, 0] for study in studies] == [0, 0]


def test_what_is_masked_or_not_available_is_missing():
    hole = np.ma.masked_array(X, mask=X == 3)
    gap = FRAME.astype("Int64").mask(X == 3)
    none = [[0, 1], [2, None], [4, 5], [6, 7]]
    for value in (hole, gap, none, np.ma.masked_array(X.astype(int), mask=X == 3)):
        held = Study.build(embedding=value).embedding
        assert np.isnan(held[1, 1])
        assert np.isnan(held).sum() == 1


LABELS = {
    "whole numbers": (Y, ["0", "1"]),
    "bytes": (np.array([b"cat", b"dog", b"cat", b"dog"]), ["cat", "dog"]),
    "objects that are bytes": (
        np.array([b"cat", "d\u00f6g".encode(), b"cat", b"dog"], object),
        ["cat", "dog", "d\u00f6g"],
    ),
    "a series": (pd.Series(["cat", "dog", "cat", "dog"]), ["cat", "dog"]),
    "a series of categories": (pd.Series(["cat", "dog", None, "dog"], dtype="category"), ["cat", "dog"]),
    "categories": (pd.Categorical(["cat", "dog", "cat", "dog"]), ["cat", "dog"]),
    "an index": (pd.Index(["cat", "dog", "cat", "dog"]), ["cat", "dog"]),
    "a data frame of one column": (pd.DataFrame({"y": ["cat", "dog", "cat", "dog"]}), ["cat", "dog"]),
    "nullable numbers": (pd.Series([0, 1, None, 1], dtype="Int64"), ["0", "1"]),
    "numbers and None": ([0, 1, None, 1], ["0", "1"]),
    "truths": ([True, False, True, False], ["0", "1"]),
    "a column of PyArrow": (pa.chunked_array([["cat", "dog"], ["cat", None]]), ["cat", "dog"]),
    "a tensor": (torch.tensor(Y), ["0", "1"]),
    "a list of tensors": ([torch.tensor(number) for number in Y.tolist()], ["0", "1"]),
    "a generator": (("cat" if number else "dog" for number in Y), ["cat", "dog"]),
    "texts and NaN": (["cat", "dog", float("nan"), "dog"], ["cat", "dog"]),
    "masked": (np.ma.masked_array(Y, mask=[0, 0, 1, 0]), ["0", "1"]),
    "masked texts": (np.ma.masked_array(["cat", "dog", "cat", "dog"], mask=[0, 0, 1, 0]), ["cat", "dog"]),
    "big endian": (Y.astype(">i4"), ["0", "1"]),
    "half precision": (Y.astype(np.float16), ["0", "1"]),
}


@pytest.mark.parametrize(("labels", "names"), LABELS.values(), ids=LABELS)
def test_labels_in_any_form(labels, names):
    study = Study.build(labels=labels, embedding=X)
    assert list(study.class_names) == names
    assert study.labels.dtype == np.int64
    assert len(study.labels) == 4
    assert set(study.labels.tolist()) - {-1} <= set(range(len(names)))


def test_missing_labels_are_found_in_every_form():
    for labels in (
        [0, 1, None, 1],
        pd.Series([0, 1, None, 1], dtype="Int64"),
        pd.Series(["a", "b", None, "b"], dtype="category"),
        np.ma.masked_array(Y, mask=[0, 0, 1, 0]),
        np.array(["a", "b", pd.NA, "b"], object),
        ["a", "b", np.nan, "b"],
    ):
        assert Study.build(labels=labels, embedding=X).labels.tolist() == [0, 1, -1, 1]


NAMES = {
    "a series": pd.Series(["cat", "dog"]),
    "an array of objects": np.array(["cat", "dog"], object),
    "bytes": [b"cat", b"dog"],
    "id2label": {0: "cat", 1: "dog"},
    "id2label of a JSON file": {"1": "dog", "0": "cat"},
    "class_to_idx": {"dog": 1, "cat": 0},
    "a generator": (name for name in ("cat", "dog")),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_class_names_in_any_form(names):
    assert Study.build(labels=Y, class_names=names).class_names == ("cat", "dog")


def test_ten_names_by_texts_of_numbers_are_in_the_order_of_the_numbers():
    names = {str(number): f"class {number}" for number in range(12)}
    assert Study.build(labels=Y, class_names=names).class_names == tuple(names.values())


IDS = {
    "numbers": (np.arange(4), ["0", "1", "2", "3"]),
    "bytes": ([b"a", b"b", b"c", "d\u00e9".encode()], ["a", "b", "c", "d\u00e9"]),
    "an index": (FRAME.index, ["d", "c", "b", "a"]),
    "a series": (pd.Series(["a", "b", "c", "d"]), ["a", "b", "c", "d"]),
    "objects": (np.array(["a", 1, 2.5, "\u732b"], object), ["a", "1", "2.5", "\u732b"]),
    "a tensor": (torch.arange(4), ["0", "1", "2", "3"]),
    "a generator": ((str(number) for number in range(4)), ["0", "1", "2", "3"]),
    "days": (np.arange("2020-01-01", "2020-01-05", dtype="datetime64[D]"),
             ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"]),
}  # fmt: skip


@pytest.mark.parametrize(("ids", "held"), IDS.values(), ids=IDS)
def test_ids_in_any_form(ids, held):
    study = Study.build(ids=ids, embedding=X)
    assert study.ids.tolist() == held
    assert Study.build(ids=held, embedding=X).fingerprint == study.fingerprint


COLUMNS = {
    "objects": (np.array(["a", None, 1, float("nan")], object), ["a", "", "1", ""]),
    "numbers and None": ([1, None, 3, 4], [1, None, 3, 4]),
    "truths and None": ([True, None, False, True], [1, None, 0, 1]),
    "truths": (pd.Series([True, False, True, True]), [True, False, True, True]),
    "categories": (pd.Categorical(["a", "b", None, "a"]), ["a", "b", "", "a"]),
    "bytes": (np.array([b"a", b"b", b"c", b"d"]), ["a", "b", "c", "d"]),
    "days in a series": (pd.Series([datetime.date(2020, 1, 1)] * 4), ["2020-01-01"] * 4),
    "lists": (pd.Series([[1], [2, 3], [], None]), ["[1]", "[2, 3]", "[]", ""]),
    "a tensor": (torch.tensor([1.0, 2, 3, 4], requires_grad=True), [1, 2, 3, 4]),
}


@pytest.mark.parametrize(("values", "held"), COLUMNS.values(), ids=COLUMNS)
def test_columns_in_any_form(values, held):
    column = Study.build(embedding=X, columns={"c": values}).columns["c"]
    assert column.dtype.kind in "fiubU"
    assert [None if value != value else value for value in column.tolist()] == held


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame({"split": ["a", "a", "b", "b"], 0: [1, 2, 3, 4]}),
        Polars(**{"split": ["a", "a", "b", "b"], "0": [1, 2, 3, 4]}),
        pa.table({"split": ["a", "a", "b", "b"], "0": [1, 2, 3, 4]}),
        np.array([("a", 1), ("a", 2), ("b", 3), ("b", 4)], dtype=[("split", "U1"), ("0", int)]),
        {"split": ["a", "a", "b", "b"], 0: [1, 2, 3, 4]},
    ],
    ids=["pandas", "polars", "PyArrow", "records", "a mapping with a number"],
)
def test_columns_come_from_the_names_of_a_table(table):
    study = Study.build(embedding=X, columns=table)
    assert {name: column.tolist() for name, column in study.columns.items()} == {
        "split": ["a", "a", "b", "b"], "0": [1, 2, 3, 4],
    }  # fmt: skip
    assert study.replace(columns=table).fingerprint == study.fingerprint
    assert study.replace(columns=None).columns == {}
    assert list(Study.build(embedding=X, signals=FRAME).signals) == ["width", "height"]


def test_inputs_in_any_form():
    table = Study.build(inputs=FRAME)
    assert table.inputs.names == ("width", "height")
    np.testing.assert_array_equal(table.inputs.values, X)
    for rows in (X.tolist(), sparse.csr_array(X), torch.tensor(X, requires_grad=True), X.astype(">f8"), iter(X)):
        inputs = Study.build(inputs=rows).inputs
        assert inputs.dtype.isnative
        np.testing.assert_array_equal(inputs, X)
    texts = ["a", "b", "", "d"]
    for given in (
        pd.Series(["a", "b", None, "d"]), pd.DataFrame({"text": ["a", "b", None, "d"]}), [b"a", b"b", b"", b"d"],
        np.array(texts, object), iter(texts), tuple(texts),
    ):  # fmt: skip
        assert Study.build(inputs=given).inputs.tolist() == texts
    pictures = [Image.new("RGB", (3, 2)) for _ in range(4)]
    assert Study.build(inputs=pictures).inputs.shape == (4, 2, 3, 3)


GRAPHS = {
    "lists": GRAPH.tolist(),
    "a data frame": pd.DataFrame(GRAPH),
    "truths": GRAPH.astype(bool),
    "a sparse tensor": torch.from_numpy(GRAPH).to_sparse(),
    "an edge_index with weights that have a gradient": (
        torch.tensor([[0, 1, 2], [1, 2, 3]]), torch.ones(3, requires_grad=True)
    ),
}  # fmt: skip


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
@pytest.mark.filterwarnings("ignore:.*have one direction:margin_core.errors.MarginWarning")
def test_graphs_in_any_form(graph):
    np.testing.assert_array_equal(Study.build(embedding=X, graph=graph).graph.toarray(), GRAPH)


REFUSED = {
    "a path": ({"embedding": "x.npy"}, "must be an array; got the text 'x.npy'. Open a file with load_study"),
    "a mapping": ({"embedding": {"a": X}}, "'embedding' must have rows in order; got a dict"),
    "a set": ({"labels": {1, 2}}, "'labels' must have rows in order; got a set"),
    "a number": ({"embedding": 3.5}, "embedding must have one row a sample; got a single float"),
    "an array without an axis": ({"embedding": np.array(3.5)}, "must have one row a sample"),
    "a value per axis": ({"embedding": X.ravel()}, r"must have shape (samples, dimensions); got (8,). Give X.reshape"),
    "three axes": ({"embedding": X[None]}, "Give X.reshape(len(X), -1)"),
    "ragged lists": ({"embedding": [[1, 2], [3]]}, "row 0 has 2 values, row 1 has 1"),
    "no columns": ({"embedding": np.empty((4, 0))}, "must have shape (samples, dimensions); got (4, 0)"),
    "text": ({"embedding": [["a", "b"]]}, "the embedding must be numbers"),
    "a column of text": ({"embedding": FRAME.assign(kind="a")}, "must be numbers, and its column 'kind' is text"),
    "complex numbers": ({"embedding": X + 1j}, "must be real numbers; got complex128"),
    "times": ({"embedding": np.full((4, 2), "2020-01-01", "datetime64[D]")}, "must be numbers; got times"),
    "records": ({"embedding": np.zeros(4, dtype=[("a", float)])}, "is an array of records"),
    "an object": ({"embedding": object()}, "must have one row a sample; got a single object"),
    "labels that are times": (
        {"labels": np.full(4, "2020-01-01", "datetime64[D]")}, "must be class numbers or names; got times",
    ),
    "labels that are times of pandas": ({"labels": pd.Series(pd.date_range("2020", periods=4))}, "got times"),
    "labels that are spans": ({"labels": np.full(4, 3, "timedelta64[D]")}, "got times"),
    "complex labels": ({"labels": Y + 0j}, "got complex numbers"),
    "several labels a sample": ({"labels": [[0], [0, 1], [], [1]]}, "row 0 has 1 values, row 1 has 2"),
    "several labels a sample, as objects": (
        {"labels": pd.Series([[0], [0, 1], [], [1]])}, "one class per sample; row 0 has a list",
    ),
    "one-hot labels": ({"labels": np.eye(4)}, "For one-hot labels give labels.argmax(axis=1)"),
    "labels that are no UTF-8": ({"labels": np.array([b"\xff", b"a", b"b", b"c"])}, "is not UTF-8 text"),
    "class numbers beyond 64 bits": ({"labels": [0, 1, 10**30, 1]}, "must be whole class numbers or names"),
    "class_names as one text": ({"labels": Y, "class_names": "cat dog"}, "class_names must be an array; got the text"),
    "a missing class name": ({"labels": Y, "class_names": ["cat", None]}, "class_names must be one text a class"),
    "numbers that are not 0 to c - 1": ({"labels": Y, "class_names": {1: "a", 2: "b"}}, "must map the numbers 0 to 1"),
    "class_names as a number": ({"labels": Y, "class_names": 2}, "class_names must have one row a sample"),
    "probabilities that are text": ({"probabilities": [["a", "b"]] * 4}, "probabilities must be numbers"),
    "one probability a sample": ({"probabilities": [0.5] * 4}, "np.column_stack([1 - p, p])"),
    "no classes": ({"probabilities": np.empty((4, 0))}, "probabilities must have shape"),
    "an id that is None": ({"ids": ["a", None, "c", "d"]}, "that of row 1 is missing"),
    "an id that is NaN": ({"ids": np.array(["a", np.nan, "c", "d"], object)}, "that of row 1 is missing"),
    "an id that is NaN among numbers": ({"ids": [0, 1, np.nan, 3]}, "that of row 2 is missing"),
    "an empty id": ({"ids": ["a", "", "c", "d"]}, "must not be empty; that of row 1 is"),
    "an id with a NUL": ({"ids": np.array(["a", "a\0", "c", "d"], object)}, "that of row 1 has a NUL in it"),
    "an id twice": ({"ids": ["a", "b", "a", "d"]}, "id 'a' occurs 2 times"),
    "ids that are tuples": ({"ids": [(0, 1), (0, 2), (0, 3), (0, 4)]}, "ids must be one per sample"),
    "columns as a list": ({"columns": [[1, 2, 3, 4]]}, "columns are a list, in which values have no names"),
    "columns as a series": ({"columns": pd.Series([1, 2, 3, 4])}, "columns are a Series"),
    "signals as an array": ({"signals": X}, "signals are a ndarray, in which values have no names"),
    "a column twice": (
        {"columns": pd.DataFrame(X, columns=["a", "a"])}, "the name 'a' occurs 2 times. Give each a name of its own",
    ),
    "names that are one as text": ({"columns": {0: Y, "0": Y}}, "the name '0' occurs 2 times"),
    "a column of two axes": ({"columns": {"c": X}}, "the column 'c' must have one value a sample"),
    "a column of another length": ({"columns": {"c": [1, 2]}}, "rows do not line up (embedding 4, c 2)"),
    "a column that is a number": ({"columns": {"c": 3}}, "c must have one row a sample; got a single int"),
    "a complex signal": ({"signals": {"f": [1j] * 4}}, "the signal 'f' must be real numbers"),
    "a signal of text": ({"signals": {"f": list("abcd")}}, "the signal 'f' must be numbers"),
    "pictures of several sizes": (
        {"inputs": [np.zeros((2, 3)), np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))]}, "inputs",
    ),
    "inputs of several kinds": ({"inputs": np.array(["a", 1, 2, 3], object)}, "got a int among 4"),
    "a table with text among numbers": (
        {"inputs": FRAME.assign(kind="a")}, "must hold numbers; its column 'kind' is none",
    ),
    "complex inputs": ({"inputs": X + 1j}, "inputs must be pictures, rows of numbers or texts; got complex128"),
    "an object as inputs": ({"inputs": object()}, "inputs must have one row a sample"),
    "a graph of text": ({"graph": np.full((4, 4), "a")}, "the graph must be numbers"),
    "a complex graph": ({"graph": GRAPH + 0j}, "the graph must be real numbers"),
    "a complex sparse graph": ({"graph": sparse.csr_array(GRAPH + 0j)}, "must have weights that are real numbers"),
    "a graph of objects": ({"graph": np.full((4, 4), object())}, "the graph must be numbers"),
    "pairs of rows": ({"graph": [[0, 1], [1, 2], [2, 3]]}, "Of pairs of rows give np.array(pairs).T"),
    "a graph that is a path": ({"graph": "edges.csv"}, "the graph must be an array; got the text 'edges.csv'"),
    "an edge to no row": ({"graph": np.array([[0], [7]])}, "names row 7; there are rows 0 to 3"),
    "weights of text": ({"graph": (np.array([[0], [1]]), ["a"])}, "the edge_weight must be numbers"),
    "parts as a number": ({"parts": 3}, "parts must be a mapping of names of parts to their fingerprints"),
    "parts as pairs": ({"parts": [("labels", "a")]}, "parts must be a mapping of names"),
    "a fingerprint that is a number": ({"parts": {"labels": 3}}, "both of them texts"),
    "out_of_sample as text": ({"out_of_sample": "no"}, "out_of_sample must be True or False; got 'no'"),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_in_one_sentence(parts, message):
    given = {"name": "s", **parts}
    if not {"embedding", "labels", "probabilities", "inputs"} & set(given):
        given["embedding"] = X
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        Study.build(**given)
    raised = str(caught.value)
    assert raised.startswith("Study 's'")
    assert "\n" not in raised
    assert raised.endswith(".")


def test_a_sparse_matrix_is_made_dense_only_where_it_is_small(monkeypatch):
    wide = sparse.csr_array((4, 10**9))
    with pytest.raises(SourceError, match=r"sparse matrix of 4 x 1,000,000,000, 16.0 GB once it is dense. Reduce"):
        Study.build(embedding=wide)
    monkeypatch.setattr(array_like, "MAX_DENSE_BYTES", 8 * 4)
    assert Study.build(embedding=sparse.csr_array(X)).embedding.shape == (4, 2)
    monkeypatch.setattr(array_like, "MAX_DENSE_BYTES", 8 * 4 - 1)
    with pytest.raises(SourceError, match="sparse"):
        Study.build(embedding=sparse.csr_array(X))


def test_no_rows_are_no_samples():
    for parts in ({}, {"embedding": []}, {"labels": []}, {"labels": pd.Series([], dtype=object)}, {"inputs": iter(())}):
        with pytest.raises(SourceError, match="has no samples"):
            Study.build(**parts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ids": list("abcd")}, "'ids' cannot be replaced. Decisions refer to them. Build another study"),
        ({"bogus": 1}, "'bogus' cannot be replaced. There are: name, labels"),
        ({"columns": [1, 2]}, "columns are a list"),
        ({"embedding": X[:2]}, "rows do not line up"),
    ],
)
def test_what_cannot_be_replaced(changes, message):
    with pytest.raises(SourceError, match=re.escape(message)):
        Study.build(embedding=X).replace(**changes)


def test_a_single_value_is_no_array():
    for value in (None, 3, np.array(3), object()):
        with pytest.raises(MarginError, match="one row a sample"):
            to_array("It", value)


def test_an_edge_of_a_self_loop_warns_as_before():
    with pytest.warns(MarginWarning, match="1 edges from a node to itself"):
        Study.build(embedding=X, graph=GRAPH + np.diag([1, 0, 0, 0]))
