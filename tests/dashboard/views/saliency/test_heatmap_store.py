"""What was computed of heatmaps is read from the workspace; metrics are kept in the memory of the study."""

import numpy as np
from rules import Sum

from dashboard.study.memory import Memory
from dashboard.views.saliency.heatmap_store import HeatmapStore
from margin_core.storage.workspace import Workspace
from margin_core.tasks.saliency.worker.request import SaliencyRequest, step_key
from margin_core.values import Study


def test_metrics_are_read_once_and_kept_in_memory(tmp_path):
    study = Study.build(inputs=np.eye(4, dtype=np.float32), model=Sum(), labels=[0, 1, 0, 1])
    workspace, memory = Workspace.at(tmp_path / "w.margin"), Memory()

    def store(request, **arrays):
        workspace.step(*step_key(study, request), lambda: arrays)

    found = HeatmapStore(study, workspace, memory)
    assert found.numbers(2, "margin") is None
    store(SaliencyRequest("prediction", 2), probabilities=np.array([0.3, 0.7]))
    assert found.numbers(2, "margin") is None
    store(SaliencyRequest("metrics", 2, "margin", 1), metrics=np.array([0.1, 0.2, 0.3]))
    assert found.numbers(2, "margin").tolist() == [0.1, 0.2, 0.3]
    # Another page asks through a store of its own; without a workspace there is nothing to read it from.
    assert HeatmapStore(study, None, memory).numbers(2, "margin").tolist() == [0.1, 0.2, 0.3]
    assert HeatmapStore(study, None, Memory()).numbers(2, "margin") is None
