"""The menu: which pages it lists, and what it counts."""

from __future__ import annotations

import numpy as np

from dashboard.menu import about_study, listed_views, menu_sections, page_scripts, sample_pages
from dashboard.study.parts import HOW_TO_ADD, Part, has_part, missing_part
from dashboard.views import OPENING, VIEWS
from dashboard.views.active_sampling import ACTIVE_SAMPLING
from dashboard.views.base import Section
from dashboard.views.benchmark import BENCHMARK
from dashboard.views.export import EXPORT
from dashboard.views.label_review import LABEL_REVIEW
from dashboard.views.open_source import OPEN
from dashboard.views.saliency import SALIENCY
from margin_core.review import Choice, Verdict


def without(monkeypatch, opened, *parts):
    monkeypatch.setattr(type(opened.study), "has", lambda self, need: need.value not in parts)


def test_sections_are_in_their_order_and_the_last_has_no_title(opened):
    listed = listed_views(opened, is_opening=True)
    sections = menu_sections(listed, opened, "abc")
    assert [section["title"] for section in sections] == [*Section]
    assert [page["path"] for section in sections for page in section["pages"]] == [view.path for view in listed]
    assert sections[-1]["pages"][-1]["path"] == OPEN.path
    assert sections[0]["pages"][0]["address"] == "/?study=abc"
    assert sections[0]["pages"][1]["address"] == "/map?study=abc"


def test_counts_follow_the_decisions(opened, planted):
    row = int(planted.flipped[0])

    def counts():
        sections = menu_sections(listed_views(opened, is_opening=True), opened, None)
        return {page["path"]: page["count"] for section in sections for page in section["pages"]}

    before = counts()
    assert (before[LABEL_REVIEW.path], before[EXPORT.path], before["map"]) == (5, 0, None)
    choice = Choice(seq=1, row=row, verdict=Verdict.RELABEL, label=int(planted.truth[row]))
    opened.session.decide([choice], client="t")
    after, about = counts(), about_study(opened)
    assert (after[LABEL_REVIEW.path], after[EXPORT.path]) == (about["open"], 1)
    assert about["decided"] == 1 and about["open"] == int(np.count_nonzero(opened.session.open_suspects))


def test_only_what_needs_the_truth_is_not_listed(opened, monkeypatch):
    assert not has_part(opened, Part.TRUTH)
    assert set(VIEWS) - set(listed_views(opened, is_opening=True)) == {BENCHMARK}
    without(monkeypatch, opened, "model")
    assert SALIENCY in listed_views(opened, is_opening=True)


def test_the_panel_of_a_sample_leads_to_the_pages_that_the_study_has_the_parts_for(opened, monkeypatch):
    def paths():
        return [path for path, _ in sample_pages(listed_views(opened, is_opening=False), opened)]

    leading = [view for view in VIEWS if view.sample_action]
    assert paths() == [view.path for view in leading if view.missing(opened) is None]
    without(monkeypatch, opened, "model", "inputs")
    assert paths() == [view.path for view in leading if not view.needs & {Part.MODEL, Part.INPUTS}] != []
    assert sample_pages((), None) == ()
    shown = leading[0]
    assert shown.path in paths()
    assert shown.path not in dict(sample_pages(listed_views(opened, is_opening=False), opened, shown))


def test_the_menu_knows_which_pages_follow_decisions(opened):
    sections = menu_sections(listed_views(opened, is_opening=False), opened, None)
    following = {page["path"] for section in sections for page in section["pages"] if page["followsDecisions"]}
    assert (
        following
        == {view.path for view in VIEWS if view.follows_decisions}
        == {LABEL_REVIEW.path, ACTIVE_SAMPLING.path}
    )


def test_every_address_has_a_page(opened):
    assert page_scripts(opened, is_opening=True) == {view: view.page for view in VIEWS}
    on_its_way = page_scripts(None, is_opening=True)
    assert next(iter(on_its_way)) is OPENING
    assert {on_its_way[view] for view in VIEWS if view.needs_study} == {OPENING.page}
    assert set(page_scripts(None, is_opening=False).values()) == {OPEN.page}


def test_the_first_missing_part_is_named(opened, monkeypatch):
    assert missing_part(opened, frozenset({Part.LABELS, Part.EMBEDDING})) is None
    without(monkeypatch, opened, "model", "labels")
    assert missing_part(opened, frozenset({Part.MODEL, Part.TRUTH, Part.LABELS})) is Part.LABELS
    assert set(HOW_TO_ADD) == set(Part)
