"""The page of clean and attacked samples, without a browser: what it shows is what the task found."""

import io
from pathlib import Path

import numpy as np
import pytest
from app_pages import FAILED, RUNNING, button_labels, press, turn_to
from PIL import Image

from dashboard.shared.wording import FIT_MODEL, OPEN_ANOTHER, STOP
from dashboard.study.jobs import STOPPED, JobStatus
from dashboard.study.registry import OpenRequest
from dashboard.views.adversarial import ADVERSARIAL, wording
from dashboard.views.adversarial.data import (
    EXTREMES,
    criticisms_among,
    drawn_overlap,
    drawn_overlaps,
    look_attacked,
    overlap_of,
    pairs_payload,
    possible_attacks,
    rank_scores,
    result_of,
)
from dashboard.views.adversarial.routes import enlarge
from margin_core.cli import main
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.attacks import ATTACKS
from margin_core.tasks.adversarial.remarks import NO_DEFENSE, describe_selection

pytestmark = pytest.mark.slow  # Whole pages.

DIGITS = Path(__file__).parents[4] / "sample_data" / "digits"
TASK = AdversarialStatistics(samples=60, eps=0.3)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Prepare the digits, and attack sixty of them by the command line, as a job does."""
    folder = tmp_path_factory.mktemp("attacked") / "digits.margin"
    flags = [str(DIGITS), "--workspace", str(folder)]
    assert main(["prepare", *flags]) == 0
    assert main(["adversarial", "--map", *flags, "--set", "samples=60", "--set", "eps=0.3"]) == 0
    return folder


@pytest.fixture
def digits(studies, workspace):
    studies.allow(DIGITS)
    return studies.opened(studies.open(OpenRequest(DIGITS, workspace=str(workspace))))


@pytest.fixture
def attacked(app, digits):
    """Open the page at the settings that were computed."""
    digits.memory.keep("attack_settings", "", TASK)
    return turn_to(app, ADVERSARIAL)


def test_it_is_started_followed_and_stopped_with_the_settings_that_are_chosen(app, digits, started, job_is):
    text = turn_to(app, ADVERSARIAL)
    assert wording.NOT_COMPUTED in text and wording.STOPPABLE in text and NO_DEFENSE in text
    app.number_input("attack_eps").set_value(0.25).run()
    press(app, wording.start_button(899))
    assert started == [("adversarial", "--map", "--set", "eps=0.25")]

    job_is(RUNNING)
    turn_to(app, ADVERSARIAL)
    assert STOP in button_labels(app) and wording.start_button(899) not in button_labels(app)

    job_is(JobStatus("stopped", 0.5, STOPPED))
    turn_to(app, ADVERSARIAL)
    assert wording.GO_ON in button_labels(app) and STOP not in button_labels(app)

    job_is(FAILED)
    turn_to(app, ADVERSARIAL)
    assert [error.value for error in app.error] == ["out of luck."]
    assert wording.start_button(899) in button_labels(app)  # where the settings can be changed


@pytest.mark.parametrize(
    ("attack", "fields"),
    [("fgsm", {"norm", "eps"}), ("pgd", {"norm", "eps", "steps"}), ("carlini_wagner", {"steps", "searches"})],
)
def test_an_attack_has_the_settings_that_it_depends_on(app, digits, attack, fields):
    turn_to(app, ADVERSARIAL)
    app.selectbox("attack").select(attack).run()
    shown = {box.key for box in (*app.number_input, *app.selectbox) if box.key}
    assert shown == {"attack", "attack_samples", "attack_signal", *(f"attack_{name}" for name in fields)}


def test_what_was_attacked_is_shown(app, attacked, digits):
    result = result_of(digits, TASK)
    evidence = result.found.findings.evidence
    tried, unchanged = int(evidence["tried"][0]), int(evidence["unchanged"][0])
    assert f"{tried - unchanged:,} of {tried:,}" in attacked and NO_DEFENSE in attacked
    assert describe_selection(result.found) in attacked
    assert wording.NOT_COMPUTED not in attacked
    for title in (wording.SCORES, wording.PAIRS, wording.MAP, wording.OVERLAP, wording.share_of("attacked")):
        assert f"## {title}" in attacked
    score = result.best_score
    best = wording.best_told_apart(wording.SHORT_TITLES[score], result.areas[score], result.groups)
    assert best in attacked and result.areas[score].auc == max(area.auc for area in result.areas.values())
    overlap = overlap_of(digits, result, score)
    assert wording.overlap(drawn_overlap(result, score, "ranks").share, result.groups) in attacked
    compared = criticisms_among(digits, result, overlap)
    assert wording.criticisms(compared) in attacked


def test_the_overlap_is_said_of_the_histograms_as_they_are_drawn(app, attacked, digits):
    result = result_of(digits, TASK)
    shares = {axis: drawn_overlap(result, result.best_score, axis).share for axis in wording.AXES}
    words = {axis: wording.overlap(share, result.groups) for axis, share in shares.items()}
    assert words["ranks"] != words["values"] and words["ranks"] in attacked
    app.selectbox("attack_axis").select("values").run()
    shown = " ".join(element.value for element in app.markdown)
    assert words["values"] in shown and words["ranks"] not in shown


def test_other_settings_are_not_computed_and_the_page_says_so(app, attacked):
    app.number_input("attack_samples").set_value(61).run()
    assert wording.start_button(61) in button_labels(app)
    app.number_input("attack_samples").set_value(60).run()
    assert wording.start_button(60) not in button_labels(app)


def test_ranks_and_values_are_of_the_same_order(digits):
    result = result_of(digits, TASK)
    evidence = result.found.findings.evidence
    ranks = rank_scores(evidence["energy"])
    order = np.argsort(evidence["energy"], kind="stable")
    assert (np.diff(ranks[order]) >= 0).all() and ranks.max() == 1 and ranks.min() > 0
    assert np.isnan(rank_scores(np.full(3, np.nan))).all()
    by_values = drawn_overlaps(result, "values")["mahalanobis"]
    low, high = np.quantile(evidence["mahalanobis"], EXTREMES)
    assert by_values.edges[0] == pytest.approx(low) and by_values.edges[-1] == pytest.approx(high)
    assert drawn_overlaps(result, "ranks")["mahalanobis"].clean.sum() == pytest.approx(1)


def test_clean_samples_that_look_attacked_are_clean_and_come_by_their_score(digits):
    result = result_of(digits, TASK)
    evidence = result.found.findings.evidence
    overlap = overlap_of(digits, result, "raw")
    rows = look_attacked(result, overlap, "raw").tolist()
    score_of = dict(
        zip(result.found.rows[~evidence["attacked"]].tolist(), evidence["raw"][~evidence["attacked"]], strict=True)
    )
    scores = [score_of[row] for row in rows]
    assert rows and scores == sorted(scores, reverse=True) and min(scores) >= overlap.threshold


@pytest.mark.parametrize("order", ["likely", "unlikely", "small"])
def test_pairs_are_those_whose_class_changed_in_the_order_asked_for(digits, order):
    result = result_of(digits, TASK)
    found = pairs_payload(digits, result, "energy", order)
    places = [pair["place"] for pair in found["pairs"]]
    assert sorted(places) == np.flatnonzero(result.attacked.changed).tolist() and found["total"] == len(places)
    assert all(pair["before"] != pair["after"] for pair in found["pairs"])
    if order == "small":
        assert [pair["length"] for pair in found["pairs"]] == sorted(result.attacked.distance_2[places].tolist())
    else:
        scores = [pair["attackedScore"] for pair in found["pairs"]]
        assert scores == sorted(scores, reverse=order == "likely")


def test_pictures_are_sent_as_they_were_and_as_they_are(client, digits):
    result = result_of(digits, TASK)
    address = f"/margin/{digits.key}/attack/{result.found.fingerprint}"
    assert client.get(f"{address}/pairs", params={"order": "small", "score": "lid"}).json()["total"] > 0
    before, after = result.attacked.pair(3)
    sent = {
        part: np.asarray(Image.open(io.BytesIO(client.get(f"{address}/3/{part}").content)))
        for part in ("before", "after", "difference")
    }
    np.testing.assert_array_equal(sent["before"], before)
    np.testing.assert_array_equal(sent["after"], after)
    np.testing.assert_array_equal(sent["difference"], enlarge(before, after))


def test_a_change_is_enlarged_around_the_middle_gray():
    before, after = np.array([[100, 100, 100, 0]], np.uint8), np.array([[100, 101, 98, 255]], np.uint8)
    assert enlarge(before, after).tolist() == [[128, 144, 96, 255]]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("attack/{key}/999999/before", 404), ("attack/{key}/-1/before", 404), ("attack/{key}/0/model", 404),
        ("attack/unknown/0/before", 404), ("attack/{key}/pairs?order=best", 400),
        ("attack/{key}/pairs?score=secret", 400), ("attack/unknown/pairs", 404),
    ],
)  # fmt: skip
def test_what_there_is_not_is_not_sent(client, digits, path, status):
    result = result_of(digits, TASK)
    assert client.get(f"/margin/{digits.key}/{path.format(key=result.found.fingerprint)}").status_code == status


def test_a_study_without_pictures_or_gradients_says_what_can_be_done(app, asked):
    text = turn_to(app, ADVERSARIAL)
    attacks, reason = possible_attacks(asked)
    assert attacks == () and reason
    assert OPEN_ANOTHER in button_labels(app) or FIT_MODEL in button_labels(app)
    assert wording.NOT_COMPUTED not in text


def test_a_batch_that_is_brought_is_compared_with_the_reference(app, studies, write_source, tmp_path):
    new, old = (write_source(tmp_path / "data" / name) for name in ("new", "old"))
    settings = ["--against", str(old), "--set", "attack=given"]
    assert main(["prepare", str(new), "--against", str(old)]) == 0
    assert main(["adversarial", "--map", str(new), *settings]) == 0
    opened = studies.opened(studies.open(OpenRequest(new, against=old.resolve())))
    assert "given" in possible_attacks(opened)[0] and ATTACKS[0] not in possible_attacks(opened)[0]
    text = turn_to(app, ADVERSARIAL)
    assert f"## {wording.SUSPICIOUS}" in text and f"## {wording.PAIRS}" not in text
    found = result_of(opened, AdversarialStatistics(attack="given")).found.findings.evidence["attacked"]
    assert wording.compared(int(found.sum()), int(found.sum()), int((~found).sum())) in text and NO_DEFENSE in text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "about 10 seconds"), (47, "about 50 seconds"), (300, "about 5 minutes"), (3 * 3600, "about 3 hours"),
     (4 * 86400, "about 4 days")],
)  # fmt: skip
def test_a_duration_is_as_exact_as_it_is_known(seconds, words):
    assert wording.duration(seconds) == words
