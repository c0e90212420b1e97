"""The page on which a data set is opened, from an empty session, without a browser."""

import pytest
from app_pages import press, read_page, turn_to

from dashboard.study.registry import OpenRequest
from dashboard.views.open_source import OPEN, wording
from dashboard.views.opening import OPENING
from margin_core.study import ColumnNames
from margin_core.study.readers.chosen_kinds import CHOICES

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def test_without_a_study_there_is_this_page_only(app):
    assert wording.OPEN_ANOTHER in turn_to(app, OPEN)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (None, wording.NO_SOURCE),
        ("/etc/passwd", "'/etc/passwd' lies outside the folders that may be opened"),
        ("../../etc", "'../../etc' lies outside the folders that may be opened"),
        ("s3://pets/pets.csv", "'s3://pets/pets.csv' is only fetched when it is named on the command line"),
    ],
)
def test_a_path_outside_is_refused_in_words(app, asked, studies, path, words, monkeypatch):
    # AppTest cannot type what the box does not offer, as a browser can.
    monkeypatch.setattr("dashboard.views.open_source.sources.sources_below", lambda roots: [path])
    turn_to(app, OPEN)
    before = studies.requests
    app.selectbox[0].set_value(path)
    press(app, wording.OPEN)
    (error,) = app.error
    assert error.value.startswith(words)
    assert studies.requests == before


def test_the_columns_of_a_table_are_offered_and_those_chosen_are_read(app, asked, studies, monkeypatch):
    table = studies.roots[0] / "flowers.csv"
    rows = (f"p{row},{row % 7 + row / 50},{'uv'[row % 2]}\n" for row in range(40))
    table.write_text("plant,petal,kind\n" + "".join(rows))
    opened = []
    monkeypatch.setattr(studies, "open", lambda request: opened.append(request) or next(iter(studies.requests)))
    turn_to(app, OPEN)
    assert len(app.selectbox) == 1
    app.selectbox[0].set_value(str(table)).run()
    boxes = {box.label: box for box in app.selectbox}
    label, of_ids = (boxes[wording.COLUMNS[role][0]] for role in ("label", "id"))
    assert label.options == of_ids.options == ["plant", "petal", "kind"] and label.value is None
    label.set_value("kind")
    of_ids.set_value("plant")
    (kinds,) = app.multiselect
    assert kinds.label == wording.KINDS and kinds.options == ["plant", "petal", "kind"]
    kinds.set_value(["petal", "plant"]).run()
    petal, plant = (app.selectbox(key=f"kind {name}") for name in ("petal", "plant"))
    assert petal.label == wording.kind_of("petal") and plant.value is None
    assert petal.options == list(CHOICES)
    petal.set_value("category")  # The other stays as it is recognized.
    (labels,) = (box for box in app.text_input if box.label == wording.LABELS)
    labels.set_value("flowers.csv")
    press(app, wording.OPEN)
    assert not app.error
    assert [(request.source, request.columns) for request in opened] == [
        (
            table.resolve(),
            ColumnNames(label="kind", id="plant", kinds=(("petal", "category"),), labels=str(table.resolve())),
        )
    ]


def test_nodes_are_asked_for_where_the_source_is_a_list_of_edges(app, asked, studies, monkeypatch):
    folder = studies.roots[0]
    (folder / "edges.csv").write_text("source,target\na,b\nb,c\n")
    (folder / "nodes.csv").write_text("key,age,sort\na,1,u\nb,2,v\nc,3,u\n")
    opened = []
    monkeypatch.setattr(studies, "open", lambda request: opened.append(request) or next(iter(studies.requests)))
    turn_to(app, OPEN)
    assert not {wording.EDGES, wording.NODES} & {box.label for box in app.text_input}
    app.selectbox[0].set_value(str(folder / "nodes.csv")).run()
    assert {wording.EDGES, wording.NODES} & {box.label for box in app.text_input} == {wording.EDGES}
    app.selectbox[0].set_value(str(folder / "edges.csv")).run()
    assert {wording.EDGES, wording.NODES} & {box.label for box in app.text_input} == {wording.NODES}

    def name_nodes(path):
        next(box for box in app.text_input if box.label == wording.NODES).set_value(path).run()

    name_nodes("/etc/passwd")
    press(app, wording.OPEN)
    (error,) = app.error
    assert error.value.startswith("'/etc/passwd' lies outside the folders that may be opened") and not opened
    name_nodes("nodes.csv")
    label = next(box for box in app.selectbox if box.label == wording.COLUMNS["label"][0])
    assert label.options == ["key", "age", "sort"]  # those of the nodes
    label.set_value("sort")
    press(app, wording.OPEN)
    assert not app.error
    assert [request.columns for request in opened] == [ColumnNames(label="sort", nodes=str(folder / "nodes.csv"))]


def test_earlier_data_is_named_beside_the_source(app, asked, studies, monkeypatch):
    folder = studies.roots[0]
    for name in ("new", "old"):
        (folder / f"{name}.csv").write_text("petal,label\n1,u\n2,v\n")
    opened = []
    monkeypatch.setattr(studies, "open", lambda request: opened.append(request) or next(iter(studies.requests)))
    turn_to(app, OPEN)
    app.selectbox[0].set_value(str(folder / "new.csv")).run()
    (against,) = (box for box in app.text_input if box.label == wording.REFERENCE)
    against.set_value("/etc/passwd")
    press(app, wording.OPEN)
    (error,) = app.error
    assert error.value.startswith("'/etc/passwd' lies outside the folders that may be opened") and not opened
    (against,) = (box for box in app.text_input if box.label == wording.REFERENCE)
    against.set_value(str(folder / "old.csv"))
    press(app, wording.OPEN)
    assert not app.error
    assert [(request.source.name, request.against.name) for request in opened] == [("new.csv", "old.csv")]


def test_what_is_open_is_listed_and_a_tab_turns_to_it(app, studies, asked, write_source, tmp_path, stand_in_for_jobs):
    stand_in_for_jobs()
    first = next(iter(studies.requests))
    path = write_source(tmp_path / "data" / "other")
    second = studies.open(OpenRequest(path))
    app.query_params["study"] = first
    text = turn_to(app, OPEN)
    assert wording.OPEN_NOW in text and str(path) in text
    shown, other = (app.button(key=f"show {key}") for key in (first, second))
    assert (shown.label, shown.disabled) == (wording.SHOWN, True)
    assert (other.label, other.disabled) == (wording.SHOW, False)
    other.click().run()
    assert read_page(app).startswith(f"# {OPENING.title}")
