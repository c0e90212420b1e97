"""A study that was opened before: nothing is computed again, and nothing slow is imported."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dashboard.study.cards import full_cards, neighbors_of
from margin_core.audit.audit import audit
from margin_core.review import Choice, Verdict

pytestmark = pytest.mark.slow  # Whole pages: half a second each.

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "margin_core.tasks.label_flips.evidence.compute_agreement",
    "margin_core.tasks.label_flips.fit.compute_top_votes",
    "margin_core.probe.trust_weighted.compute_agreement",
    "margin_core.tasks.label_flips.label_error_score.compute_top_votes",
    "margin_core.tasks.label_flips.fit.calibrate",
    "margin_core.influence.high_pass.compute_shift_operator",
    "margin_core.graph.knn.Knn.compute",
    "margin_core.audit.audit.compute_overview",
    "margin_core.audit.stored_explanation.protocol.explain",
    "margin_core.projection.umap_map.compute_umap",
)
SLOW_TO_IMPORT = (
    "torch", "torchvision", "umap", "numba", "faiss", "sklearn", "scipy.linalg", "scipy.ndimage", "scipy.optimize",
    "scipy.spatial", "scipy.special", "pandas", "pyarrow",
)  # fmt: skip
OPEN = """
import logging, sys
from pathlib import Path
from dashboard.app import app
from dashboard.study import registry
from dashboard.study.cards import full_cards
from dashboard.study.registry import OpenRequest
from streamlit import config, logger
registry.Job = None  # To start one fails.
opened = registry.STUDIES.opened(registry.STUDIES.open(OpenRequest(Path(sys.argv[1]))))
assert opened.positions is not None
assert len(full_cards(opened, opened.session.upcoming(12, beyond=True))) == 12
print(*sorted(sys.modules))
config.get_config_options()
logger.init_uvicorn_logs()  # As Streamlit does when it starts, whatever the settings of uvicorn.
assert not logging.getLogger("uvicorn.access").isEnabledFor(logging.INFO)
"""


def test_nothing_is_computed_again(open_it, monkeypatch):
    def refuse(*arguments, **more):
        raise AssertionError("computed again")

    for name in HEAVY:
        monkeypatch.setattr(name, refuse)
    opened = open_it()
    assert opened.positions is not None and opened.audited.overview.suspects == 5
    assert len(opened.session.upcoming(5)) == 5


def test_what_is_remembered_is_what_is_computed(open_it, source):
    again = open_it().audited
    whole = audit(type(again.opened)(again.opened.study, (), None, source))
    for field in ("ids", "scores", "roles"):
        np.testing.assert_array_equal(
            getattr(again.explanation.findings, field), getattr(whole.explanation.findings, field)
        )
    assert list(again.explanation.findings.evidence) == list(whole.explanation.findings.evidence)
    for name, values in whole.explanation.findings.evidence.items():
        assert again.explanation.findings.evidence[name].dtype == values.dtype
        np.testing.assert_array_equal(again.explanation.findings.evidence[name], values)
    np.testing.assert_array_equal(again.explanation.influence.scores, whole.explanation.influence.scores)
    assert (again.explanation.influence.high_pass != whole.explanation.influence.high_pass).nnz == 0
    assert again.overview.classes == whole.overview.classes
    assert again.overview.confusions == whole.overview.confusions
    for name, rows in whole.overview.groups.items():
        np.testing.assert_array_equal(again.overview.groups[name], rows)
    np.testing.assert_array_equal(again.opened.study.ids[again.explanation.rows], whole.explanation.findings.ids)


def test_nothing_slow_is_imported_and_no_step_is_made(source):
    """Counted in a process of its own, since tests before this one have imported everything."""
    steps = source.with_name("pets.npz.margin") / "steps"
    before = sorted(step.name for step in steps.iterdir())
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.run(
        [sys.executable, "-c", OPEN, str(source)], cwd=ROOT, capture_output=True, text=True, timeout=600,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    imported = set(process.stdout.split())
    assert "margin_core.tasks" in imported
    assert imported.isdisjoint(SLOW_TO_IMPORT)
    assert sorted(step.name for step in steps.iterdir()) == before


def test_the_server_answers_before_anything_heavy_is_imported():
    answers = "import sys, margin_core.cli, dashboard.command; print(*sorted(sys.modules))"
    process = subprocess.run([sys.executable, "-c", answers], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert process.returncode == 0, process.stderr
    imported = set(process.stdout.split())
    assert "dashboard.server.shell" in imported
    assert imported.isdisjoint({*SLOW_TO_IMPORT, "numpy", "scipy", "sqlalchemy", "streamlit", "plotly"})


START = """
import importlib.metadata, sys
from pathlib import Path
from dashboard.server.start import application
application(Path(sys.argv[1]), None, {}, None, None, [])
assert "plotly.basedatatypes" not in sys.modules
from streamlit.components.v2 import manifest_scanner
importlib.metadata.distributions = None
assert manifest_scanner.scan_component_manifests() == []
import dashboard.shared.cached
import plotly.io
assert plotly.io.templates.default == "streamlit"
"""


def test_streamlit_neither_makes_plotlys_templates_nor_reads_every_package_first(source):
    process = subprocess.run(
        [sys.executable, "-c", START, str(source)], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize("method", ["margin", "margin_signed", "disagreement"])
def test_every_method_is_remembered(open_it, method):
    opened = open_it(may_compute=True)
    task = type(opened.audited.task)(method=method)
    whole, again = audit(opened.audited.opened, task), audit(opened.audited.opened, task)
    np.testing.assert_array_equal(whole.explanation.findings.scores, again.explanation.findings.scores)
    assert type(again.explanation.influence.high_pass) is type(whole.explanation.influence.high_pass)


def test_suggestions_are_those_of_the_labels_as_they_stand(opened, planted):
    """On cards, in groups and in the queue alike; as if everything were computed again."""
    row = int(planted.flipped[0])
    neighbors = neighbors_of(opened, row)
    for seq, other in enumerate([row, *neighbors[:6]]):
        label = (int(opened.study.labels[other]) + 1) % 3
        opened.session.decide([Choice(seq=seq, row=other, verdict=Verdict.RELABEL, label=label)], client="t")
    given = opened.study.labels
    alternatives = opened.live.label_error_score.score_alternatives(
        opened.live.label_error_score.probabilities(opened.session.labels), given
    )
    np.testing.assert_array_equal(opened.session.suggested, alternatives.argmax())
    first = opened.explanation
    assert (opened.session.suggested[first.rows] != first.findings.evidence["suggested"]).any()
    for group in opened.session.confusions():
        rows = opened.session.upcoming(90, given=group.given, suggested=group.suggested)
        assert {card["suggested"] for card in full_cards(opened, rows)} == {group.suggested}
