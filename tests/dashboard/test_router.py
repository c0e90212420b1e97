"""Which page a tab shows, from an empty session, without a browser."""

import pytest
from app_pages import press, read_page, turn_to

from dashboard.shared import state, wording
from dashboard.shared.layout import plain
from dashboard.shared.menu.component import MenuEvents
from dashboard.study.parts import HOW_TO_ADD, Part
from dashboard.views import VIEWS
from dashboard.views.benchmark import BENCHMARK
from dashboard.views.export import EXPORT
from dashboard.views.map import MAP
from dashboard.views.map import wording as map_wording
from dashboard.views.open_source import OPEN
from dashboard.views.overview import OVERVIEW
from dashboard.views.saliency import SALIENCY

pytestmark = pytest.mark.slow  # Whole pages: half a second each.


def test_a_tab_begins_with_the_first_view_or_with_opening_a_study(app, asked):
    app.run()
    assert read_page(app).startswith(f"# {VIEWS[0].title}")


def test_without_a_study_a_tab_begins_with_opening_one(app):
    app.run()
    assert read_page(app).startswith(f"# {OPEN.title}")


def test_the_menu_is_made_once_a_tab(app, asked, monkeypatch):
    """Each page that is made asks the file system, which was a seventh of a rerun."""
    app.run()
    made = []
    monkeypatch.setattr("streamlit.Page", lambda *arguments, **more: made.append(arguments))
    app.run()
    assert read_page(app) and made == []


def test_a_click_in_the_menu_turns_the_page_once(app, asked, monkeypatch):
    """The component repeats its last click at every rerun."""
    clicked = MenuEvents(None, 0)
    monkeypatch.setattr("dashboard.shared.menu.component.menu", lambda *given, **more: clicked)
    app.run()
    clicked = MenuEvents(EXPORT.path, 1)
    app.run()
    assert read_page(app).startswith(f"# {EXPORT.title}")
    assert turn_to(app, OVERVIEW).startswith(f"# {OVERVIEW.title}")
    clicked = MenuEvents(MAP.path, 2)
    app.run()
    assert read_page(app).startswith(f"# {MAP.title}")


@pytest.mark.parametrize(("view", "part"), [(BENCHMARK, Part.TRUTH), (SALIENCY, Part.MODEL)], ids=["truth", "model"])
def test_in_place_of_a_page_that_lacks_a_part_stands_how_to_get_it(app, asked, view, part):
    text = turn_to(app, view)
    assert plain(HOW_TO_ADD[part]).replace("\\", "") in text and wording.NOT_FOR_THIS_STUDY in text
    assert press(app, wording.OPEN_ANOTHER).startswith(f"# {OPEN.title}")


def test_a_search_selects_what_it_finds(app, asked):
    app.run()
    app.text_input[0].set_value("sample 4").run()
    assert map_wording.selected(10, wording.found_for("sample 4")) in read_page(app)


def test_the_reviewer_has_a_name(app, asked):
    app.run()
    app.text_input[1].set_value(" bo ").run()
    assert app.session_state[state.REVIEWER.key] == "bo"
