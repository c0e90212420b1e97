"""Points, channels and masks as bytes."""

import numpy as np
import pytest
from reviewing import refused

from dashboard.views.map.data import available_channels, keep_mask

SAMPLES = 90


def test_points_are_the_map(get, asked):
    answer = get("points")
    laid = np.frombuffer(answer.content, "<f4").reshape(-1, 2)
    np.testing.assert_array_equal(laid, asked.positions)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"


def test_points_that_are_not_laid_out_yet(client, studies, write_source, tmp_path, open_it, monkeypatch):
    path = write_source(tmp_path / "data" / "fresh")
    open_it(path, may_compute=True)
    fresh = open_it(path)
    monkeypatch.setattr(studies, "study", {fresh.key: fresh}.get)
    assert refused(client.get(f"/margin/{fresh.key}/points"), 409) == "The map is still being laid out."


@pytest.mark.parametrize("name", ["given", "now", "predicted", "label_error_score", "influence", "state"])
def test_a_channel_is_a_byte_a_sample(get, asked, name):
    answer = get(f"channel/{name}", v=3)
    assert answer.content == available_channels(asked)[name].values(asked).tobytes() and len(answer.content) == SAMPLES
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["split", "nonsense", "__class__"])
def test_an_unknown_channel(get, name):
    assert refused(get(f"channel/{name}"), 404) == "There is no such channel."


def test_a_mask(get, asked):
    key = keep_mask(asked, {"labels": (1,)})
    np.testing.assert_array_equal(np.frombuffer(get(f"mask/{key}").content, np.uint8), asked.study.labels == 1)
    assert refused(get("mask/other"), 404) == "This filter is no longer kept."
