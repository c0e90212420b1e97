"""The page of prototypes and criticisms, from an empty session, without a browser."""

import numpy as np
import pytest
from app_pages import FAILED, RUNNING, button_labels, turn_to
from payloads import differences
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.app import ROUTES
from dashboard.shared.wording import STOP
from dashboard.study.registry import OpenRequest
from dashboard.views.map.data import available_channels
from dashboard.views.prototypes import PROTOTYPES
from dashboard.views.prototypes.data import (
    MAX_ON_MAP,
    MAX_PER_ROLE,
    RULES,
    PrototypesAnswer,
    prototypes_payload,
    rows_in_role,
    rows_represented,
)
from margin_core.cli import main

pytestmark = pytest.mark.slow  # Whole pages: half a second each.

PEER = ("--set", "pick=mmd_critic", "--set", "criticisms_by=mmd_critic")


@pytest.fixture
def ask_for(source):
    """Compute by the command line, as a job does."""
    return lambda *flags: main(["prepare", str(source), "--task", "prototypes", *flags])


@pytest.fixture
def answered(asked, ask_for):
    assert ask_for() == 0
    return asked.answer(RULES["coverage"])


def test_it_is_asked_followed_and_shown(app, asked, ask_for, started, job_is):
    job_is(RUNNING, after=started)
    turn_to(app, PROTOTYPES)
    assert started[0] == ("prepare", "--task", "prototypes")
    assert STOP in button_labels(app)

    job_is(FAILED)
    turn_to(app, PROTOTYPES)
    assert [error.value for error in app.error] == ["out of luck."]

    assert "prototypes" not in available_channels(asked)
    assert ask_for() == 0
    turn_to(app, PROTOTYPES)
    assert not app.error and STOP not in button_labels(app)


def test_the_peer_is_asked_only_when_somebody_wants_it(app, asked, answered, ask_for, started, job_is):
    job_is(RUNNING, after=started)
    turn_to(app, PROTOTYPES)
    assert not started
    app.toggle[0].set_value(True).run()
    assert started == [("prepare", "--task", "prototypes", *PEER)]
    assert ask_for(*PEER) == 0
    app.run()
    assert not app.exception and STOP not in button_labels(app)
    assert asked.answer(RULES["mmd_critic"]).parameters["pick"] == "mmd_critic"


def test_what_is_sent_is_what_was_found(asked, answered):
    groups = prototypes_payload(asked, answered)["groups"]
    study = asked.study
    assert [group["label"] for group in groups] == [0, 1, 2]
    for group in groups:
        members = np.flatnonzero(study.labels == group["label"])
        assert group["size"] == len(members)
        rows = [sample["row"] for sample in group["prototypes"]]
        assert rows == rows_in_role(answered, "prototype", MAX_PER_ROLE, group["label"]).tolist()
        counts = np.zeros(len(rows), dtype=int)
        for number, sample in enumerate(group["prototypes"]):
            for earlier, took in zip(sample["takenFrom"], sample["taken"], strict=True):
                counts[number] += took
                if earlier >= 0:
                    counts[earlier] -= took
            if number in (0, 4):
                apart = np.linalg.norm(
                    study.embedding[members][:, None] - study.embedding[rows[: number + 1]][None], axis=-1
                )
                nearest = np.bincount(apart.argmin(axis=1), minlength=number + 1)
                assert counts[: number + 1].tolist() == nearest.tolist()
                for row, count in zip(rows[: number + 1], nearest.tolist(), strict=True):
                    assert len(rows_represented(asked, answered, row, number + 1)) == count
        odd = group["criticisms"]
        assert {sample["reason"] for sample in odd} <= {"label", "model", "density"}
        assert all(sample["nearest"]["row"] in set(answered.rows.tolist()) for sample in odd)


def test_the_first_of_each_class_or_of_one(answered):
    classes = answered.findings.evidence["class"]
    rows = rows_in_role(answered, "criticism", 4)
    assert np.bincount(classes[np.isin(answered.rows, rows)]).tolist() == [4, 4, 4]
    one = rows_in_role(answered, "criticism", 4, 1)
    assert one.tolist() == [row for row in rows.tolist() if row in one]


def test_the_map_has_a_layer_of_both(asked, answered):
    codes = available_channels(asked)["prototypes"].values(asked)
    assert set(codes[rows_in_role(answered, "prototype", MAX_ON_MAP)]) == {0}
    assert set(codes[rows_in_role(answered, "criticism", MAX_ON_MAP)]) == {1}
    assert (codes == 255).sum() == len(codes) - len(rows_in_role(answered, "prototype", MAX_ON_MAP)) - len(
        rows_in_role(answered, "criticism", MAX_ON_MAP)
    )


def test_the_route_sends_what_somebody_asked_for(asked, ask_for):
    client = TestClient(Starlette(routes=ROUTES))
    address = f"/margin/{asked.key}/prototypes"
    for rule in ("coverage", "mmd_critic", "other"):
        answer = client.get(f"{address}/{rule}")
        assert (answer.status_code, answer.text) == (404, "These prototypes are not computed yet.")
    assert ask_for() == 0
    answer = client.get(f"{address}/coverage")
    assert answer.status_code == 200 and len(answer.json()["groups"]) == 3
    assert differences(answer.json(), PrototypesAnswer) == []


def test_odd_classes_and_samples_without_features_have_an_outcome(studies, write_source, tmp_path):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(90, 4))
    labels = np.repeat([0, 1], [45, 45])
    labels[0], labels[80:] = 2, -1
    features[0] = np.nan
    path = write_source(tmp_path / "data", embedding=features, labels=labels)
    assert main(["prepare", str(path), "--task", "prototypes"]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    groups = prototypes_payload(opened, opened.answer(RULES["coverage"]))["groups"]
    assert [(group["label"], group["size"]) for group in groups] == [(0, 44), (1, 35), (2, 0)]
    assert groups[2]["prototypes"] == groups[2]["criticisms"] == []
