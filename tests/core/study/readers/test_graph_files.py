"""GraphML and GML: nodes with attributes, edges, and what is refused before a parser would expand it."""

import networkx as nx
import pytest

from margin_core.errors import SourceError
from margin_core.study import open_source
from margin_core.study.notes import NoteKind, texts_of
from margin_core.study.readers import graph_files


@pytest.fixture
def club():
    graph = nx.karate_club_graph()
    for node, attributes in graph.nodes(data=True):
        attributes |= {"kind": attributes.pop("club"), "age": 20 + node % 7}
    return nx.relabel_nodes(graph, {node: f"member {node}" for node in graph})


@pytest.fixture(params=["graphml", "gml"])
def saved(request, tmp_path):
    def write(graph):
        path = (tmp_path / f"club.{request.param}").resolve()
        (nx.write_graphml if request.param == "graphml" else nx.write_gml)(graph, path)
        return path

    return write


def refusal(path, **columns):
    with pytest.raises(SourceError) as refused:
        open_source(path, **columns)
    return str(refused.value).replace(str(path), path.name)


def test_nodes_with_their_attributes(saved, club):
    opened = open_source(saved(club), label="kind")
    study = opened.study
    assert study.ids.tolist() == list(club) and study.class_names == ("Mr. Hi", "Officer")
    assert (study.graph != nx.to_scipy_sparse_array(club, weight="weight", dtype="float32")).nnz == 0
    assert study.inputs[:3].tolist() == [[20], [21], [22]]
    assert "Graph: 78 edges between 34 nodes, read as undirected; 1 component." in texts_of(opened.notes, NoteKind.READ)


def test_nodes_without_features(saved, club):
    for _, attributes in club.nodes(data=True):
        del attributes["age"]
    assert open_source(saved(club), label="kind").study.features == "position in the graph, 32 dimensions"


def test_directed_edges_loops_and_repeats(saved):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((f"n{row}", {"kind": "xy"[row % 2], "f": row}) for row in range(4))
    graph.add_edges_from([("n0", "n1"), ("n1", "n0"), ("n0", "n1"), ("n2", "n2"), ("n2", "n3")])
    opened = open_source(saved(graph), label="kind")
    assert opened.study.graph.nnz == 4
    assert [note for note in texts_of(opened.notes) if "edge" in note.lower()] == [
        "1 edge left out, from a node to itself.",
        "1 edge listed more than once: each pair of nodes counts once.",
        "Edges have a direction, which is not used: each joins its two nodes both ways.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.graphml", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml>&b;</graphml>',
         "'a.graphml' declares a document type (DTD), which GraphML does not need and which is not read. Take the line "
         "that begins with <!DOCTYPE out of it."),
        ("a.graphml", '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><graphml/>',
         "'a.graphml' declares a document type (DTD), which GraphML does not need and which is not read. Take the line "
         "that begins with <!DOCTYPE out of it."),
        ("a.graphml", "<graphml><graph>", "'a.graphml' is not well-formed XML: no element found: line 1, column 16. "
         "Save the graph again."),
        ("a.graphml", "<html/>", "'a.graphml' cannot be read: file not successfully read as graphml. Save the graph "
         "again, with networkx.write_graphml."),
        ("a.gml", "graph [ node [ id 0 ] edge [ source 0 target 7 ] ]",
         "'a.gml' cannot be read: edge #0 has undefined target 7. Save the graph again, with networkx.write_graphml."),
        ("a.gml", "graph [ ]", "'a.gml' has no nodes. Save the graph again, with a node for each sample."),
        ("a.gml", 'graph [ node [ id 0 kind "x" ] node [ id 1 kind "y" ] ]',
         "'a.gml' lists no edge between two samples. Leave it out, or give a row an edge."),
        ("a.gml", 'graph [ node [ id 0 kind "x" ] node [ id 1 kind "y" ] edge [ source 0 target 1 weight "much" ] ]',
         "'a.gml': weights of edges must be numbers; got 'much'. Correct it, or take the attribute 'weight' out."),
        ("a.gml", 'graph [ node [ id 0 kind "x" ] node [ id 1 kind "y" ] node [ id 2 kind "y" ] '
         "edge [ source 0 target 1 weight 2 ] edge [ source 1 target 2 ] ]",
         "'a.gml': 1 of 2 edges have no weight. Give each edge one, or none of them."),
    ],
    ids=["entities", "another file", "cut off", "other XML", "an unknown node", "no nodes", "no edges", "odd weights",
         "missing weights"],
)  # fmt: skip
def test_what_cannot_be_read(tmp_path, name, content, message):
    path = (tmp_path / name).resolve()
    path.write_text(content)
    assert refusal(path, label="kind") == message


def test_a_file_too_large_for_objects(saved, club, monkeypatch):
    monkeypatch.setattr(graph_files, "MAX_BYTES", 100)
    assert "Save the nodes as a table and the edges as another, and open it with --edges." in refusal(saved(club))


def test_values_that_are_missing_or_of_several_types(tmp_path):
    graph = nx.path_graph(6)
    for node, attributes in graph.nodes(data=True):
        attributes |= {"kind": "xy"[node % 2], "score": node / 2} | ({"flag": node > 2} if node else {})
    path = (tmp_path / "path.graphml").resolve()
    nx.write_graphml(graph, path)
    study = open_source(path, label="kind").study
    assert len(study) == 6 and study.graph.nnz == 10
