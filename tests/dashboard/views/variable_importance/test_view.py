"""The page of variable importance, without a browser: what it shows is what the task found."""

import numpy as np
import pytest
from app_pages import RUNNING, button_labels, read_page, turn_to

from dashboard.shared import wording as shared_wording
from dashboard.shared.column_channels import influence_channel
from dashboard.shared.wording import STOP
from dashboard.study.registry import OpenRequest
from dashboard.views.map import wording as map_wording
from dashboard.views.map.data import available_channels
from dashboard.views.variable_importance import VARIABLE_IMPORTANCE, wording
from dashboard.views.variable_importance.data import (
    TASK,
    Grouping,
    agreements,
    class_effects_of,
    curves_of,
    importance_of,
    related_to,
    samples_with_word,
)
from margin_core.cli import main
from margin_core.errors import NotComputed
from margin_core.tasks.variable_importance.shuffle_curve import RANDOM

pytestmark = pytest.mark.slow  # Whole pages, and a network is trained.

TABLE = "color,size,twin,noise,label\n"


def write_table(path, classes):
    """Write a table of which size decides, and twin goes together with it."""
    random = np.random.default_rng(0)
    size, noise = random.normal(size=240), random.normal(size=240)
    twin = size + 0.4 * random.normal(size=240)
    labels = np.digitize(size, np.linspace(-1, 1, len(classes) + 1)[1:-1])
    color = random.choice(["red", "green"], 240)
    lines = [
        f"{color[row]},{size[row]:.4f},{twin[row]:.4f},{noise[row]:.4f},{classes[labels[row]]}" for row in range(240)
    ]
    path.write_text(TABLE + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def open_table(studies, tmp_path):
    """Open a table that is prepared, importance included."""

    def open_table(classes):
        path = write_table(tmp_path / "data" / "sizes.csv", classes)
        assert main(["prepare", str(path), "--task", TASK.name]) == 0
        return studies.opened(studies.open(OpenRequest(path)))

    return open_table


def test_it_is_computed_in_the_background(app, asked, job_is):
    with pytest.raises(NotComputed):
        importance_of(asked)
    job_is(RUNNING)
    turn_to(app, VARIABLE_IMPORTANCE)
    assert button_labels(app) == [STOP]


def test_two_classes_show_one_effect_with_its_sign(app, open_table):
    opened = open_table(("small", "large"))
    text = turn_to(app, VARIABLE_IMPORTANCE)
    assert app.selectbox[0].value == 1 and wording.ALL_CLASSES not in app.selectbox[0].options
    assert wording.legend("small", "columns") in text or wording.legend("large", "columns") in text
    assert len(app.warning) == 0
    table = app.dataframe[0].value
    assert table[wording.NAME][0] in ("size", "twin")
    assert table[wording.PERMUTATION].is_monotonic_decreasing
    found = importance_of(opened).of_class(1)
    size = table[table[wording.NAME] == "size"].iloc[0]
    place = found.names.tolist().index("size")
    assert size[wording.IMPORTANCE] == pytest.approx(100 * found.rates[0, place])
    assert size[wording.EFFECT] == pytest.approx(found.effects[0, place])
    assert wording.OF_CLASS not in table


def test_of_more_classes_the_mean_comes_first_and_each_can_be_chosen(app, open_table):
    open_table(("s", "m", "l"))
    text = turn_to(app, VARIABLE_IMPORTANCE)
    assert app.selectbox[0].value == -1
    assert wording.OF_CLASS in app.dataframe[0].value
    assert "Orange" not in text
    app.selectbox[0].set_value(0).run()
    assert wording.OF_CLASS not in app.dataframe[0].value


def test_what_is_left_out_is_no_longer_listed_and_the_others_take_its_share(app, open_table):
    opened = open_table(("small", "large"))
    turn_to(app, VARIABLE_IMPORTANCE)
    app.multiselect[0].set_value(["size"]).run()
    table = app.dataframe[0].value
    assert "size" not in table[wording.NAME].tolist()
    assert table[wording.IMPORTANCE].sum() == pytest.approx(100)
    rest = importance_of(opened, ("size",))
    assert rest.names.tolist() == [name for name in importance_of(opened).names.tolist() if name != "size"]


def test_where_all_are_left_out_the_page_says_so_and_other_measures_say_that_they_stay(app, open_table):
    opened = open_table(("small", "large"))
    turn_to(app, VARIABLE_IMPORTANCE)
    names = importance_of(opened).names.tolist()
    text = read_page(app.multiselect[0].set_value(names[:1]).run())
    assert wording.only_centrality(wording.MEASURES["permutation"]) in text
    app.selectbox[1].set_value("importance").run()
    assert wording.only_centrality(wording.MEASURES["importance"]) not in read_page(app)
    app.multiselect[0].set_value(names).run()
    assert not app.exception and wording.ALL_LEFT_OUT in [info.value for info in app.info]


def test_variables_can_be_put_together_and_taken_apart(app, open_table):
    opened = open_table(("small", "large"))
    turn_to(app, VARIABLE_IMPORTANCE)
    first = next(one for one in app.multiselect if one.label == wording.GROUP)
    assert button(app, wording.MAKE_GROUP).disabled
    first.set_value(["noise", "size"]).run()
    button(app, wording.MAKE_GROUP).click().run()
    table = app.dataframe[0].value.set_index(wording.NAME)
    assert set(table.index) == {"size + noise", "twin", "color"}
    assert table[wording.IMPORTANCE].sum() == pytest.approx(100)
    grouping = Grouping((("size", "noise"),))
    found = importance_of(opened, (), grouping)
    place = found.names.tolist().index("size + noise")
    shown = table.loc["size + noise"]
    assert shown[wording.PERMUTATION] == pytest.approx(found.permutation[place])
    assert shown[wording.FOREST] == pytest.approx(found.forest[place])
    assert any(caption.value == wording.CURVES_ALONE for caption in app.caption)
    offered = next(one for one in app.multiselect if one.label == wording.LEFT_OUT)
    offered.set_value(["size + noise"]).run()
    assert set(app.dataframe[0].value[wording.NAME]) == {"twin", "color"}
    button(app, wording.ungroup("size + noise")).click().run()
    assert set(app.dataframe[0].value[wording.NAME]) == {"size", "noise", "twin", "color"}


def button(app, label):
    return next(one for one in app.button if one.label.replace("\\", "") == label)


def test_the_influence_of_a_column_is_one_click_away_on_the_map(app, open_table):
    opened = open_table(("small", "large"))
    turn_to(app, VARIABLE_IMPORTANCE)
    app.session_state["variables"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    name = str(app.dataframe[0].value[wording.NAME][0])
    assert wording.color_by(name) in button_labels(app)
    button(app, wording.influence_of(name)).click().run()
    channel = influence_channel(opened, name)
    (choice,) = (one for one in app.selectbox if one.label == map_wording.COLOR)
    titles = [map_wording.colored_by(one.title) for one in available_channels(opened).values()]
    assert choice.value == channel
    assert map_wording.colored_by(shared_wording.influence_of(name)) in choice.options
    assert len(choice.options) == len(titles) - 3  # of the other columns, only the colors are offered


def test_words_put_together_lead_to_the_texts_of_any():
    grouping = Grouping((("lunch", "money"),))
    assert grouping.members("lunch + money") == ("lunch", "money")
    assert grouping.members("prize") == ("prize",)


@pytest.mark.parametrize("patch", [1, 4])
def test_squares_of_pixels_are_drawn_where_they_lie(app, studies, tmp_path, patch):
    random = np.random.default_rng(0)
    labels = np.arange(120) % 2
    pictures = random.integers(0, 60, (120, 8, 10)).astype(np.uint8)
    pictures[:, 5, 2] += (150 * labels).astype(np.uint8)
    path = tmp_path / "data" / "dots.npz"
    np.savez(path, inputs=pictures, labels=labels, embedding=pictures.reshape(120, -1).astype(np.float32))
    assert main(["prepare", str(path), "--task", TASK.name]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    turn_to(app, VARIABLE_IMPORTANCE)
    assert not app.multiselect
    choice = next(one for one in app.selectbox if one.label == wording.PATCH)
    assert choice.options == [wording.patch(side) for side in (1, 2, 4)]
    choice.set_value(patch).run()
    names = app.dataframe[0].value[wording.NAME]
    assert len(names) == {1: 80, 4: 6}[patch]
    assert names[0] == {1: "pixel 5, 2", 4: "4 × 4 pixels from 4, 0"}[patch]
    effects = class_effects_of(opened, Grouping(patch=patch))
    assert effects.held_out.variables.names == effects.variables.names


def test_it_is_ranked_by_the_measure_that_is_chosen(app, open_table):
    opened = open_table(("small", "large"))
    turn_to(app, VARIABLE_IMPORTANCE)
    measure = app.selectbox[1]
    measures = importance_of(opened).measures()
    assert measure.options == [wording.MEASURES[name] for name in measures]
    assert measure.value == "permutation"
    columns = {"importance": wording.IMPORTANCE, "boosting": wording.BOOSTING, "forest": wording.FOREST}
    for name, column in columns.items():
        app.selectbox[1].set_value(name).run()
        assert app.dataframe[0].value[column].is_monotonic_decreasing
        assert any(wording.MEASURES[name] == heading.value.removeprefix("## ") for heading in app.markdown)
    agreed = agreements(importance_of(opened), "forest")
    assert set(agreed) == set(measures) - {"forest"}
    assert all(-1 <= value <= 1 for value in agreed.values())
    assert any(wording.agreement("forest", agreed) in caption.value.replace("\\", "") for caption in app.caption)


def test_the_curve_of_a_random_order_is_beaten(open_table):
    opened = open_table(("small", "large"))
    curves = curves_of(opened)
    assert set(curves.names.tolist()) == {*importance_of(opened).measures(), RANDOM}
    by_name = dict(zip(curves.names.tolist(), curves.accuracy, strict=True))
    assert by_name["permutation"].mean() < by_name[RANDOM].mean()


def test_a_variable_that_is_nearly_the_label_is_warned_of(app, studies, tmp_path):
    random = np.random.default_rng(2)
    path = tmp_path / "data" / "leak.csv"
    lines = [f"{random.normal():.3f},{row % 2 + random.normal() / 50:.3f},{'ab'[row % 2]}" for row in range(120)]
    path.write_text("size,when,label\n" + "\n".join(lines) + "\n")
    assert main(["prepare", str(path), "--task", TASK.name]) == 0
    studies.opened(studies.open(OpenRequest(path)))
    turn_to(app, VARIABLE_IMPORTANCE)
    assert [one.value.replace("\\", "") for one in app.warning] == [wording.nearly_the_label(["when"])]


def test_what_goes_together_is_named(open_table):
    opened = open_table(("small", "large"))
    found = importance_of(opened)
    words = dict(zip(found.names.tolist(), related_to(found, np.arange(len(found.names))), strict=True))
    squares = found.points @ found.points.T
    place = found.names.tolist().index("size")
    nearest = np.argsort(-np.where(np.arange(len(found.names)) == place, 0, squares[place]))[0]
    expected = found.names[nearest] if squares[place, nearest] >= 0.09 else ""
    assert words["size"].split(", ")[0] == expected


def test_words_lead_to_their_texts(app, studies, tmp_path):
    path = tmp_path / "data" / "mails.csv"
    kinds = [
        ("prize money now", "spam"),
        ("see you at lunch", "ham"),
        ("a prize for you", "spam"),
        ("lunchtime", "ham"),
    ]
    path.write_text("text,label\n" + "".join(f"{text} {row},{label}\n" for row in range(15) for text, label in kinds))
    assert main(["prepare", str(path), "--task", TASK.name]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    turn_to(app, VARIABLE_IMPORTANCE)
    table = app.dataframe[0].value
    assert wording.PERMUTATION not in table
    assert {"prize", "lunch"} & set(table[wording.NAME][:4])
    assert len(samples_with_word(opened, "lunch")) == 15  # and not "lunchtime"
    assert len(samples_with_word(opened, "lunch", "money")) == 30


def test_a_network_that_learned_nothing_is_said_to(app, studies, tmp_path):
    random = np.random.default_rng(1)
    path = tmp_path / "data" / "noise.csv"
    lines = [
        f"{random.normal():.3f},{random.normal():.3f},{'yes' if random.random() < 0.3 else 'no'}" for _ in range(200)
    ]
    path.write_text("a,b,label\n" + "\n".join(lines) + "\n")
    assert main(["prepare", str(path), "--task", TASK.name]) == 0
    opened = studies.opened(studies.open(OpenRequest(path)))
    turn_to(app, VARIABLE_IMPORTANCE)
    right, commonest = class_effects_of(opened).measures.accuracy
    assert right <= commonest
    assert app.warning[0].value == wording.no_better_than_chance(right, commonest)
