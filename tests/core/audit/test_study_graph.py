"""A study that brings a graph has it used, unless the user chooses other neighbors."""

from typing import get_type_hints

import numpy as np
import pytest
from commands import run
from planted import blobs
from planted_graph import citations, write_arrays, write_tables
from sklearn.metrics import average_precision_score

from margin_core import explain
from margin_core.audit.audit import audit
from margin_core.audit.study_graph import on_study_graph
from margin_core.graph import GivenGraph, GraphRecipe, Knn
from margin_core.study import open_source
from margin_core.study.notes import texts_of
from margin_core.tasks import (
    TASKS,
    ContextualOutliers,
    DecisionBoundary,
    LabelFlips,
    Prototypes,
    Saliency,
    VariableImportance,
)


@pytest.fixture(scope="module")
def planted():
    return citations()


def test_tasks_of_samples_take_the_graph(planted):
    assert on_study_graph(LabelFlips(), planted.study) == LabelFlips(graph=GivenGraph(), splits="together")
    for task in (Prototypes(), DecisionBoundary(view="errors"), ContextualOutliers()):
        found = on_study_graph(task, planted.study)
        assert found.graph == GivenGraph() and type(found) is type(task)


def test_tasks_of_other_nodes_and_studies_without_a_graph_stay(planted):
    for task in (Saliency(sample="paper 001"), VariableImportance()):
        assert on_study_graph(task, planted.study) is task
    assert on_study_graph(LabelFlips(), blobs().study) == LabelFlips()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_only_a_task_that_may_have_it_takes_the_graph(task):
    assert task.takes_given_graph == (get_type_hints(task)["graph"] == GraphRecipe)


def test_what_is_chosen_stays(planted):
    for task, chosen in ((LabelFlips(graph=Knn(k=5)), ()), (LabelFlips(), ["graph.k"]), (LabelFlips.as_printed(), ())):
        assert on_study_graph(task, planted.study, chosen) == task
    apart = on_study_graph(LabelFlips(), planted.study, ["splits"])
    assert apart == LabelFlips(graph=GivenGraph())


@pytest.mark.parametrize("words", [True, False], ids=["words", "edges alone"])
def test_planted_errors_come_first(tmp_path, words):
    planted = citations(words=words)
    opened = open_source(write_arrays(tmp_path / "citations.npz", planted))
    found = audit(opened)
    wrong = np.isin(found.explanation.findings.ids, planted.study.ids[planted.flipped])
    assert average_precision_score(wrong, found.explanation.findings.scores) > 0.9
    assert found.task.graph == GivenGraph()
    without_edge = (found.explanation.findings.roles == "unscored").sum()
    assert without_edge == (0 if words else 2)  # whose features say what they are, if they have some
    assert [note for note in texts_of(found.opened.notes) if "hardly tell" in note] == []


def test_edges_find_more_than_features(planted):
    found = {
        name: explain(LabelFlips(graph=recipe), planted.study).findings
        for name, recipe in (("edges", GivenGraph()), ("features", Knn(k=10)))
    }
    precision = {
        name: average_precision_score(np.isin(one.ids, planted.study.ids[planted.flipped]), one.scores)
        for name, one in found.items()
    }
    assert precision["edges"] > precision["features"] + 0.2


def test_the_command_line_says_so_and_takes_the_nearest_if_asked(tmp_path, planted):
    nodes, edges = write_tables(tmp_path, planted)
    by_edge = run("audit", nodes, "--edges", edges, "--out", tmp_path / "a", cwd=tmp_path)
    assert by_edge.returncode == 0
    assert (
        "Neighbors: those that edges join, instead of those with similar features; --set graph.k=20 takes these."
        in by_edge.stderr
    )
    assert "Edges that join two nodes of one class: " in by_edge.stderr
    ranked = (tmp_path / "a" / "findings.csv").read_text()
    nearest = run("audit", nodes, "--edges", edges, "--out", tmp_path / "b", "--set", "graph.k=20", cwd=tmp_path)
    assert nearest.returncode == 0 and (tmp_path / "b" / "findings.csv").read_text() != ranked
