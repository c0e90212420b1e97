"""Decisions in a real Chromium: none is lost or doubled, whatever happens to page and server."""

from __future__ import annotations

import concurrent.futures
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser.looking import (
    Known,
    Look,
    Serve,
    Watched,
    ask,
    current_decisions,
    downloaded,
    go,
    in_letters,
    log,
    open_review,
    saved,
    shown_row,
    until,
    wait_until_idle,
)
from browser.running import BUNDLED, RunningDashboard
from playwright.sync_api import Page, expect

from dashboard.views.export import EXPORT
from dashboard.views.export import wording as export_wording
from margin_core.review import Decision, Verdict

pytestmark = pytest.mark.browser


def counts(page: Page) -> list[str]:
    return page.locator(".counts").inner_text().split("\n")


@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_ten_suspects_reviewed_two_undone_and_eight_found_again_after_a_crash(
    look: Look, serve: Serve, known: dict[str, Known], tmp_path: Path, name: str, watched: Watched
) -> None:
    dashboard, names = serve(name), known[name].names
    workspace = tmp_path / f"{name}.margin"
    page = open_review(look, dashboard)
    expected: dict[str, tuple[str, str | None]] = {}

    def decide(verdict: str, act: Callable[[dict[str, Any]], int | None]) -> str:
        (card,) = ask(page, dashboard, f"cards?rows={shown_row(page)}")["cards"]
        label = act(card)
        if act in (by_enter, with_note) and card["score"] < 0.5:
            verdict, label = "keep", card["given"]
        expected[card["id"]] = (verdict, None if label is None else names[label])
        until(page, lambda: shown_row(page) != card["row"], "the next sample")
        return str(card["id"])

    def press(
        key: str, label: Callable[[dict[str, Any]], int | None] = lambda card: None
    ) -> Callable[[Any], int | None]:
        def act(card: dict[str, Any]) -> int | None:
            page.keyboard.press(key)
            return label(card)

        return act

    def other(card: dict[str, Any]) -> int:
        return next(one for one in range(9) if one not in (card["given"], card["suggested"]))

    def by_digit(card: dict[str, Any]) -> int:
        label = other(card)
        page.keyboard.press(names[label] if names[label].isdigit() else str(label + 1))
        return label

    def by_typing(card: dict[str, Any]) -> int:
        label = other(card)
        page.keyboard.press("/")
        page.keyboard.type(names[label])
        page.keyboard.press("Enter")
        return label

    def accept(card: dict[str, Any]) -> int:
        # One of the random checks between the suspects takes no Enter.
        page.keyboard.press("Enter" if card["score"] >= 0.5 else "k")
        return int(card["suggested"])

    def by_enter(card: dict[str, Any]) -> int:
        return accept(card)

    def with_note(card: dict[str, Any]) -> int:
        page.keyboard.press("n")
        page.keyboard.type("smudged, s x u k")
        page.keyboard.press("Enter")
        return accept(card)

    given: Callable[[dict[str, Any]], int] = lambda card: int(card["given"])  # noqa: E731 - used three times
    decide("relabel", by_enter)
    decide("keep", press("k", given))
    decide("relabel", by_enter)
    decide("relabel", by_digit)
    decide("relabel", by_typing)
    decide("skip", press("s"))
    decide("exclude", press("x"))
    noted = decide("relabel", with_note)
    undone = [decide("relabel", by_enter), decide("keep", press("k", given))]
    for sample in reversed(undone):
        page.keyboard.press("u")
        expect(page.locator(".caption-id")).to_have_text(f"#{sample}")
        del expected[sample]
    saved(page)
    assert current_decisions(workspace) == expected and len(log(workspace)) == 12
    verdicts = [verdict for verdict, _ in expected.values()]
    relabeled, kept = verdicts.count("relabel"), verdicts.count("keep")
    assert relabeled + kept == 6

    page.reload()
    page.wait_for_selector(".label-review[data-place=one]")
    assert counts(page)[1:3] == ["7 decided", f"{relabeled} relabeled"]
    watched.may_be_away = True
    dashboard.kill()
    dashboard.start()
    page.reload()
    page.wait_for_selector(".label-review[data-place=one]")
    watched.may_be_away = False
    assert counts(page)[1:3] == ["7 decided", f"{relabeled} relabeled"]
    expect(page.locator(".history-item:not(.absent)")).to_have_count(8)
    assert current_decisions(workspace) == expected and len(log(workspace)) == 12
    assert next(one.note for one in log(workspace) if one.sample_id == noted) == "smudged, s x u k"

    go(page, EXPORT)
    expect(page.get_by_text(in_letters(export_wording.changes(relabeled, 1, kept)))).to_be_visible()
    check_exports(page, known[name], expected, tmp_path)


def check_exports(page: Page, study: Known, expected: dict[str, tuple[str, str | None]], folder: Path) -> None:
    csv, parquet = (pd.DataFrame(), pd.DataFrame())
    csv = pd.read_csv(downloaded(page, "CSV", 0, folder / "all.csv"), dtype=str, keep_default_na=False)
    parquet = pd.read_parquet(downloaded(page, "Parquet", 0, folder / "all.parquet"))
    labels, ids = study.audited.opened.study.labels, study.audited.opened.study.ids
    given = {sample: study.names[label] for sample, label in zip(ids.tolist(), labels.tolist(), strict=True)}
    for frame in (csv, parquet):
        assert frame["id"].tolist() == ids.tolist()
        for row in frame.itertuples():
            verdict, label = expected.get(row.id, (None, None))
            wanted = label if verdict in ("relabel", "keep") else given[row.id]
            assert verdict == "exclude" or row.label == wanted
    log_frame = pd.read_parquet(downloaded(page, "Parquet", 2, folder / "log.parquet"))
    assert len(log_frame) == 12


KEYS = {"e": Verdict.RELABEL, "k": Verdict.KEEP, "s": Verdict.SKIP, "x": Verdict.EXCLUDE}


def press_fast(page: Page, keys: str) -> list[int]:
    """Press 20 keys a second; give the row that was on screen at each.

    R relabels whatever is shown; Enter does nothing about the random checks between the suspects.
    """
    rows = []
    for key in keys:
        begun = time.monotonic()
        rows.append(shown_row(page))
        page.keyboard.press("r" if key == "e" else key)
        page.wait_for_timeout(max(0.0, 50 - 1000 * (time.monotonic() - begun)))
    return rows


@pytest.fixture(scope="module")
def deciding(prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    """Serve a study for the tests that decide, each looking at what it added to the log."""
    folder = tmp_path_factory.mktemp("deciding")
    shutil.copytree(prepared["fashion"], folder / "fashion.margin")
    dashboard = RunningDashboard(BUNDLED / "fashion", folder, "--workspace", folder / "fashion.margin")
    yield dashboard
    dashboard.stop()


@pytest.fixture
def added(deciding: RunningDashboard) -> Callable[[], list[Decision]]:
    """What the log holds since the test began."""
    workspace = deciding.folder / "fashion.margin"
    before = len(log(workspace))
    return lambda: log(workspace)[before:]


def check_log(decisions: list[Decision], study: Known, rows: list[int], keys: str) -> None:
    ids = study.audited.opened.study.ids
    assert [decision.sample_id for decision in decisions] == [str(ids[row]) for row in rows]
    assert [decision.verdict for decision in decisions] == [KEYS[key] for key in keys]
    assert len(set(rows)) == len(rows) == 50


def test_fifty_keys_at_twenty_a_second_are_recorded_in_order_and_once(
    look: Look, deciding: RunningDashboard, added: Callable[[], list[Decision]], known: dict[str, Known]
) -> None:
    page = open_review(look, deciding)
    keys = "eekesxkeek" * 5
    rows = press_fast(page, keys)
    saved(page)
    check_log(added(), known["fashion"], rows, keys)


def test_a_reload_in_the_middle_loses_no_key(
    look: Look, deciding: RunningDashboard, added: Callable[[], list[Decision]], known: dict[str, Known]
) -> None:
    page = open_review(look, deciding)
    keys = "eekesxkeek" * 5
    rows = press_fast(page, keys[:25])
    page.reload()
    page.wait_for_selector(".label-review[data-place=one]")
    rows += press_fast(page, keys[25:])
    saved(page)
    check_log(added(), known["fashion"], rows, keys)


AWAY = 7.0
"""Seconds; after three or four without a server, Streamlit covers the page with a dialog of its own."""


def test_a_server_killed_for_seconds_in_the_middle_loses_no_key(
    look: Look, serve: Serve, known: dict[str, Known], tmp_path: Path, watched: Watched
) -> None:
    dashboard = serve()
    page = open_review(look, dashboard)
    watched.may_be_away = True
    keys = "eekesxkeek" * 5
    rows = press_fast(page, keys[:10])
    killed = time.monotonic()
    dashboard.kill()
    rows += press_fast(page, keys[10:25])
    expect(page.locator(".connection[data-state=error]")).to_be_visible()
    until(page, lambda: time.monotonic() - killed > AWAY, "Streamlit to notice")
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    rows += press_fast(page, keys[25:35])
    expect(page.locator(".connection")).to_contain_text(re.compile("Server away: [0-9]+ decisions kept here"))
    with concurrent.futures.ThreadPoolExecutor() as aside:
        started = aside.submit(dashboard.start)
        rows += press_fast(page, keys[35:])
        started.result()
    saved(page)
    check_log(log(tmp_path / "digits.margin"), known["digits"], rows, keys)
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    wait_until_idle(page)
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("u")
    expect(page.locator(".counts")).to_contain_text(f"{49 - keys.count('s')} decided")


def test_a_group_is_decided_at_once_but_for_one_left_out(
    look: Look, deciding: RunningDashboard, added: Callable[[], list[Decision]], known: dict[str, Known]
) -> None:
    page = open_review(look, deciding)
    with (
        page.expect_response(re.compile("/groups")) as groups,
        page.expect_response(re.compile(r"/queue\?.*suggested=")) as listed,
    ):
        page.keyboard.press("g")
    page.wait_for_selector(".label-review[data-place=grid]")
    group = groups.value.json()["groups"][0]
    cards = listed.value.json()["cards"]
    assert min(card["score"] for card in cards) >= 0.5
    members = [card["id"] for card in cards if card["suggested"] == group["suggested"]]
    expect(page.locator(".member")).to_have_count(len(members))
    assert len(members) >= 3
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    expect(page.locator(".member.out")).to_have_count(1)
    page.keyboard.press("Enter")
    saved(page)
    label = known["fashion"].names[group["suggested"]]
    taken = [sample for place, sample in enumerate(members) if place != 1]
    made = until(page, added, "the decisions")
    assert [(one.sample_id, one.verdict, one.new_label) for one in made] == [(one, "relabel", label) for one in taken]
    page.reload()
    page.wait_for_selector(".label-review[data-place=one]")
    page.keyboard.press("u")
    undone = until(page, lambda: len(added()) >= 2 * len(made) and added()[len(made) :], "the undos")
    assert [one.undoes for one in undone] == [one.id for one in reversed(made)]
