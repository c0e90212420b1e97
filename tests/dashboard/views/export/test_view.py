"""The page of exports from an empty session: what it counts, what it offers, and the folder that it writes."""

import pytest
from app_pages import button_labels, press, turn_to
from reviewing import decide

from dashboard.shared.wording import REVIEW_SUSPECTS
from dashboard.views.export import EXPORT, wording
from margin_core.review.export import FORMATS

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def test_before_any_change_it_says_that_labels_are_as_given_and_leads_to_the_review(app, asked):
    assert wording.NO_CHANGES in turn_to(app, EXPORT)
    assert REVIEW_SUSPECTS in button_labels(app)
    decide(asked, 3, "keep")
    text = turn_to(app, EXPORT)
    assert wording.changes(0, 0, 1) in text and wording.NO_CHANGES in text


def test_changes_are_counted_by_their_kind(app, asked, planted):
    first, second = planted.flipped[:2].tolist()
    decide(asked, first, "relabel", int(planted.truth[first]))
    decide(asked, second, "exclude")
    decide(asked, 0, "keep")
    text = turn_to(app, EXPORT)
    assert wording.changes(1, 1, 1) in text and wording.NO_CHANGES not in text
    assert REVIEW_SUSPECTS not in button_labels(app)


def test_every_format_that_is_a_file_has_its_link(app, asked):
    turn_to(app, EXPORT)
    links = {link.proto.url for link in app.get("link_button")}
    # The study came with a model, so there is none of MARGIN's own.
    files = [known.name for known in FORMATS if known.suffix and known.name != "model"]
    assert links == {f"/margin/{asked.key}/export/{name}" for name in files}


def test_a_folder_of_pictures_holds_every_sample_under_its_label_now(app, asked, planted, tmp_path):
    moved, away = planted.flipped[:2].tolist()
    decide(asked, moved, "relabel", int(planted.truth[moved]))
    decide(asked, away, "exclude")
    target = tmp_path / "data" / "written"
    turn_to(app, EXPORT)
    field = next(one for one in app.text_input if one.label == wording.NEW_FOLDER)
    field.set_value(str(target))
    app.radio[0].set_value("image-folder-copies")
    text = press(app, wording.WRITE)
    assert wording.written(89, target) in text
    written = {path.stem: path.parent.name for path in target.rglob("*.png")}
    assert len(written) == 89 and f"sample {away:02d}" not in written
    name = asked.study.class_names[int(planted.truth[moved])]
    assert written[f"sample {moved:02d}"].strip("_*") == name.strip("_*")


def test_a_folder_outside_is_refused_in_a_sentence(app, asked, tmp_path):
    turn_to(app, EXPORT)
    next(one for one in app.text_input if one.label == wording.NEW_FOLDER).set_value(str(tmp_path / "outside"))
    press(app, wording.WRITE)
    (error,) = app.error
    assert "lies outside the folders that may be opened" in error.value
    assert not (tmp_path / "outside").exists()
