import numpy as np

from margin_core import Study
from margin_core.audit.audit import audit, compute_map_positions
from margin_core.audit.sample_graph import SampleGraph
from margin_core.study.load import Opened
from margin_core.tasks import LabelFlips

POINTS = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)


def test_a_study_without_labels_is_audited_as_far_as_it_goes():
    points = POINTS.copy()
    points[7] = points[3]
    points[9] = np.nan
    found = audit(Opened(Study.build(embedding=points), (), None, None))
    assert isinstance(found.task, LabelFlips)
    assert set(found.explanation.findings.roles.tolist()) == {"unlabelled"}
    assert found.overview.suspects == found.overview.labeled == 0 and found.overview.classes == ()
    assert found.overview.groups["exact_duplicates"].tolist() == [3, 7]
    assert found.overview.groups["unreadable"].tolist() == [9]
    assert len(found.overview.groups["unlabelled"]) == 40
    assert compute_map_positions(found).shape == (40, 2)


def test_its_graph_is_that_of_the_ranking():
    labels = np.arange(40) % 2
    with_labels = audit(Opened(Study.build(embedding=POINTS, labels=labels), (), None, None))
    without = audit(Opened(Study.build(embedding=POINTS), (), None, None))
    assert without.explanation.task == SampleGraph.name
    assert (with_labels.explanation.graph.weights != without.explanation.graph.weights).nnz == 0
