"""Tables of edges beside the samples they join: what is read, merged, left out and refused, each with its note."""

import time

import numpy as np
import pandas as pd
import pytest

from margin_core.cli import main
from margin_core.errors import SourceError
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers.read_samples import read_samples
from margin_core.study.samples import ColumnNames, ReadRequest

NODES = "id,label,age\na,x,3\nb,y,4\nc,x,5\n007,y,6\n"


@pytest.fixture
def write(tmp_path):
    def text(name, content):
        path = (tmp_path / name).resolve()
        path.write_text(content)
        return path

    return text


@pytest.fixture
def nodes(write):
    return write("nodes.csv", NODES)


def read(nodes, edges, **columns):
    return read_samples(ReadRequest(nodes, ColumnNames(edges=str(edges), **columns)))


def joined(samples):
    entries = samples.graph.tocoo()
    return {
        (*sorted((samples.ids[one].item(), samples.ids[other].item())), weight)
        for one, other, weight in zip(entries.row, entries.col, entries.data.tolist(), strict=True)
    }


def refusal(nodes, edges):
    with pytest.raises(SourceError) as refused:
        read(nodes, edges)
    return str(refused.value).replace(f"{nodes.parent}/", "")


@pytest.mark.parametrize(
    "content",
    ["source,target\na,b\nb,007\n", "From\tTo\na\tb\nb\t007\n", "citing;cited\na;b\nb;007\n", "a,b\nb,007\n",
     "when,one,other\n1,a,b\n2,b,007\n", "left,right\na, b\nb ,007\n"],
    ids=["source and target", "from and to, by tabs", "citing and cited", "no header", "by their values", "blanks"],
)  # fmt: skip
def test_edges_are_found_in_whatever_table(nodes, write, content):
    samples = read(nodes, write("edges.tsv" if "\t" in content else "edges.csv", content))
    assert joined(samples) == {("a", "b", 1.0), ("007", "b", 1.0)}
    assert samples.graph.shape == (4, 4) and (samples.graph != samples.graph.T).nnz == 0


def test_a_column_that_is_no_feature_is_named_where_edges_stand_in_for_features(write):
    rows = "".join(f"n{number},{'xy'[number % 2]},{number}\n" for number in range(20))
    numbered = write("numbered.csv", f"id,label,position\n{rows}")
    samples = read(numbered, write("edges.csv", "source,target\nn0,n1\nn1,n2\n"))
    said = "1 column is not used as a feature: it names or numbers the rows (position)."
    assert any(text.startswith(said) for text in texts_of(samples.notes))
    assert samples.columns["position"].tolist() == list(range(20))


def test_edges_may_be_the_source(nodes, write):
    edges = write("cites.csv", "source,target\na,b\n")
    samples = read_samples(ReadRequest(edges, ColumnNames(nodes=str(nodes))))
    assert samples.name == "cites" and joined(samples) == {("a", "b", 1.0)}
    assert samples.columns == {} and samples.features == "1 column: 1 number"


def test_what_is_merged_and_left_out_is_said(nodes, write):
    edges = write("edges.csv", "source,target\na,b\nb,a\na,b\nb,c\nc,c\n007,c\nzz,a\n")
    samples = read(nodes, edges)
    assert joined(samples) == {("a", "b", 1.0), ("b", "c", 1.0), ("007", "c", 1.0)}
    assert texts_of(samples.notes, NoteKind.LOSS) == (
        "1 edge of 'edges.csv' left out, which leads to a node that is no sample ('zz').",
    )
    assert texts_of(samples.notes, NoteKind.ASSUMPTION) == (
        "1 edge left out, from a node to itself.",
        "1 edge listed more than once: each pair of nodes counts once.",
        "2 edges listed in one direction and 1 in both: each joins its two nodes both ways.",
    )
    assert texts_of(samples.notes, NoteKind.READ)[-2:] == (
        "Graph: 3 edges between 4 nodes, read as undirected; 1 component.",
        "Edges: columns 'source' and 'target' of 'edges.csv'.",
    )


def test_components_and_nodes_without_an_edge_are_counted(write):
    nodes = write("nodes.csv", "id,label\n" + "".join(f"n{row},x\n" for row in range(6)))
    samples = read(nodes, write("edges.csv", "u,v\nn0,n1\nn1,n2\nn3,n4\n"))
    assert (
        "Graph: 3 edges between 6 nodes, read as undirected; 2 components, the largest of 3 nodes; 1 node has no edge."
        in texts_of(samples.notes, NoteKind.READ)
    )


def test_weights_are_read_and_added_up(nodes, write):
    edges = write("edges.csv", "source,target,weight,kind\na,b,0.5,x\na,b,2,y\nb,c,3,x\nc,a,0,x\n")
    samples = read(nodes, edges)
    assert joined(samples) == {("a", "b", 2.5), ("b", "c", 3.0)}
    said = texts_of(samples.notes, *NoteKind)
    assert "1 edge listed more than once: each pair of nodes counts once, with the sum of its weights." in said
    assert "1 edge left out, of weight 0." in said and "Columns of 'edges.csv' not used: kind." in said


def test_numbers_in_any_form_name_nodes(tmp_path):
    pd.DataFrame({"label": ["x", "y", "x"], "f": [1.0, 2.0, 4.0]}).to_csv(tmp_path / "nodes.csv", index=False)
    pd.DataFrame({"source": [0.0, 1.0], "target": [1, 2]}).to_parquet(tmp_path / "edges.parquet")
    samples = read((tmp_path / "nodes.csv").resolve(), (tmp_path / "edges.parquet").resolve())
    assert joined(samples) == {("0", "1", 1.0), ("1", "2", 1.0)}


def test_nodes_without_features_are_compared_by_their_place(write):
    nodes = write("nodes.csv", "id,label\n" + "".join(f"n{row},{'xy'[row % 2]}\n" for row in range(4)))
    samples = read(nodes, write("edges.csv", "u,v\nn0,n1\nn1,n2\n"))
    assert samples.embedding.shape == (4, 4) and samples.features == "position in the graph, 4 dimensions"
    assert any("Nodes have no features" in note for note in texts_of(samples.notes))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source,target\nq,r\ns,t\n",
         "'edges.csv': no edge joins two samples of 'nodes.csv' ('q', 's'). Name the column of the node ids "
         "with --id."),
        ("source,target\na,b\n" + "".join(f"a,z{row}\n" for row in range(6)),
         "'edges.csv': 6 of 7 edges lead to nodes that are no samples of 'nodes.csv' ('z0', 'z1', 'z2' and 3 more). "
         "Add these nodes, or name the column of the ids with --id."),
        ("source,target\na,a\nb,b\n", None),
        ("one,many\n1,2\n3,4\n",
         "'edges.csv': no edge joins two samples of 'nodes.csv' ('1', '3'). Name the column of the node ids "
         "with --id."),
        ("one\na\nb\n",
         "'edges.csv' has no two columns that name the nodes of edges. Its columns are: one. Call these columns "
         "'source' and 'target'."),
        ("source,target,weight\na,b,-1\n",
         "'edges.csv': weights of edges must be finite and not negative; got -1. Leave that edge out, or give it "
         "another weight."),
        ("source,target,weight\na,b,much\n",
         "'edges.csv': the column 'weight' must hold the weights of edges, in numbers. Correct it, or take it out."),
        ("source,target,weight\na,b,\nb,c,1\n",
         "'edges.csv': 1 edge has no weight. Fill it in, or take the column out."),
    ],
    ids=["all unknown", "most unknown", "loops alone", "not ids", "one column", "negative", "no numbers", "missing"],
)  # fmt: skip
def test_what_is_no_list_of_edges(nodes, write, content, message):
    edges = write("edges.csv", content)
    if message is None:
        samples = read(nodes, edges)
        assert samples.graph.nnz == 0 and "0 edges between 4 nodes" in " ".join(texts_of(samples.notes, NoteKind.READ))
    else:
        assert refusal(nodes, edges) == message


def test_edges_that_are_no_table(nodes, write):
    assert refusal(nodes, write("edges.png", "")).startswith("'edges.png' is no table of edges. Give one of .csv, ")


def test_a_list_of_edges_alone_asks_for_its_nodes(write, capsys):
    edges = write("edges.csv", "source,target\na,b\nb,c\n")
    assert main(["audit", str(edges)]) == 2
    assert capsys.readouterr().err == (
        f"margin: '{edges}' is a list of edges. Name the table of its nodes, with --nodes nodes.csv; or, if it has "
        "samples, the column that holds their labels, with --label.\n"
    )


def test_edges_and_nodes_are_not_both_named(nodes, write):
    edges = write("edges.csv", "source,target\na,b\n")
    with pytest.raises(SourceError, match="of --edges and --nodes name one"):
        read_samples(ReadRequest(edges, ColumnNames(nodes=str(nodes), edges=str(edges))))


def test_a_workspace_remembers_its_edges(nodes, write, tmp_path):
    edges = write("edges.csv", "source,target\na,b\nb,c\n")
    folder = tmp_path / "w.margin"
    first = open_source(nodes, edges=edges, workspace=folder).study
    again = open_source(folder).study
    assert again.fingerprint == first.fingerprint and again.graph.nnz == 4
    edges.write_text("source,target\na,b\n")
    assert open_source(folder).study.graph.nnz == 2


def test_a_study_folder_names_its_edges(nodes, write):
    write("edges.csv", "source,target\na,b\n")
    write("study.toml", 'source = "nodes.csv"\nedges = "edges.csv"\n')
    assert open_source(nodes.parent).study.graph.nnz == 2


@pytest.mark.slow
def test_a_million_edges_take_seconds(tmp_path):
    rng = np.random.default_rng(0)
    n, ends = 100_000, rng.integers(100_000, size=(1_000_000, 2))
    names = np.char.add("n", np.arange(n).astype(str))
    pd.DataFrame({"id": names, "label": rng.integers(3, size=n), "f": rng.random(n)}).to_csv(
        tmp_path / "nodes.csv", index=False
    )
    pd.DataFrame(names[ends], columns=["source", "target"]).to_csv(tmp_path / "edges.csv", index=False)
    started = time.perf_counter()
    samples = read((tmp_path / "nodes.csv").resolve(), (tmp_path / "edges.csv").resolve())
    assert samples.graph.nnz > 1_900_000
    assert time.perf_counter() - started < 60  # seconds rather than minutes, whatever else runs here
