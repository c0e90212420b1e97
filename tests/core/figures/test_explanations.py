"""Any explanation has a figure; what is drawn is what was found."""

from __future__ import annotations

import numpy as np
import pytest

from margin_core import TASKS, Study, explain
from margin_core.figures import explanation_figure, score_map

RNG = np.random.default_rng(0)
N = 90


class Corner:
    fingerprint = "brightness of the upper left corner"

    def probabilities(self, pictures):
        bright = np.asarray(pictures)[:, :4, :4].mean(axis=(1, 2)) / 255
        return np.stack([1 - bright, bright], axis=1)


@pytest.fixture(scope="module")
def study():
    labels = np.repeat(["<b>cat", "dog", "owl"], N // 3)
    labels[4], labels[5] = "dog", ""
    points = RNG.normal(size=(N, 3)) + 6 * np.eye(3)[np.repeat([0, 1, 2], N // 3)]
    earlier = Study.build(
        embedding=points + RNG.normal(size=(N, 3)), labels=np.repeat(["<b>cat", "dog", "owl"], N // 3),
        probabilities=RNG.dirichlet(np.ones(3), N), inputs=RNG.integers(0, 255, (N, 12, 16), dtype=np.uint8),
    )  # fmt: skip
    return Study.build(
        reference=earlier,
        embedding=points, labels=labels, probabilities=RNG.dirichlet(np.ones(3), N), model=Corner(),
        inputs=RNG.integers(0, 255, (N, 12, 16), dtype=np.uint8), columns={"size": RNG.normal(size=N)},
    )  # fmt: skip


@pytest.fixture(scope="module", params=TASKS, ids=lambda task: task.name)
def explanation(request, study):
    own = {
        "saliency": {"sample": "3"},
        "contextual_outliers": {"column": "size"},
        "adversarial_statistics": {"attack": "given"},
        "drift": {"permutations": 99},
    }
    return explain(request.param(**own.get(request.param.name, {})), study)


@pytest.mark.slow
def test_every_finding_is_drawn_once_with_its_score(explanation):
    figure = explanation_figure(explanation)
    if explanation.task == "saliency":
        assert np.asarray(figure.data[0].z) == pytest.approx(explanation.heatmap)
        return
    drawn = sorted((rank, score) for trace in figure.data for rank, score in zip(trace.x, trace.y, strict=True))
    assert [rank for rank, _ in drawn] == list(range(1, len(explanation.findings) + 1))
    assert [score for _, score in drawn] == pytest.approx(explanation.findings.scores)
    assert {trace.name for trace in figure.data} == set(explanation.findings.roles)
    assert len({trace.marker.symbol for trace in figure.data}) == len(figure.data)


def test_axes_are_named(explanation):
    figure = explanation_figure(explanation)
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text


OF_SAMPLES = [task for task in TASKS if task.nodes == "samples"]


@pytest.mark.parametrize("explanation", OF_SAMPLES, indirect=True, ids=lambda task: task.name)
def test_the_map_has_each_finding_at_its_node(explanation):
    nodes = explanation.steps.domain.ids.tolist()
    positions = RNG.normal(size=(len(nodes), 2))
    (trace,) = score_map(explanation, positions).data
    assert np.sort(trace.marker.color) == pytest.approx(np.sort(explanation.findings.scores))
    row_of = {name: row for row, name in enumerate(nodes)}
    for x, y, text in zip(trace.x, trace.y, trace.text, strict=True):
        row = row_of[text.removeprefix("#").split(",")[0]]
        assert (x, y) == pytest.approx(tuple(positions[row]))


def test_names_of_classes_are_no_markup(study):
    from margin_core.tasks import LabelFlips

    texts = [text for trace in explanation_figure(explain(LabelFlips(), study)).data for text in trace.text]
    assert any("&lt;b>cat" in text for text in texts)
    assert not any("<b>" in text for text in texts)
