"""The whole dashboard in a real Chromium, served by the command that a user types."""

from __future__ import annotations

import concurrent.futures
import io
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import onnx
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import maps
from browser.running import BUNDLED, RunningDashboard
from browser.windows import leave, open_context
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Download, Page, expect

from dashboard.shared.palette import class_colours
from margin_core.audit.audit import Audit, audit, compute_map_positions
from margin_core.review import Decision, ReviewStore, Verdict
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

pytestmark = pytest.mark.browser

WIDE, NARROW = (1440, 900), (1024, 768)
PAGES = (
    "", "map", "review", "prototypes", "boundary", "saliency", "trust", "bought", "invertible", "export", "how-good",
    "open",
)  # fmt: skip
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
Serve = Callable[..., RunningDashboard]
Look = Callable[..., Page]


# ----- what is there ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """What Python says about a study, without a browser."""

    audited: Audit
    points: np.ndarray

    @property
    def n(self) -> int:
        return len(self.points)

    @property
    def names(self) -> tuple[str, ...]:
        return self.audited.opened.study.class_names


@pytest.fixture(scope="module")
def known(prepared: dict[str, Path]) -> dict[str, Known]:
    found = {}
    for name, folder in prepared.items():
        audited = audit(open_source(BUNDLED / name, workspace=Workspace.at(folder, may_compute=False)))
        found[name] = Known(audited, np.asarray(compute_map_positions(audited)))
    return found


@pytest.fixture(scope="module", params=["digits", "fashion"])
def untouched(
    request: pytest.FixtureRequest, prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDashboard]:
    """Serve a study for the tests that decide nothing."""
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(prepared[request.param], folder / "w.margin")
    dashboard = RunningDashboard(BUNDLED / request.param, folder, "--workspace", folder / "w.margin")
    yield dashboard
    dashboard.stop()


ON_DIGITS = pytest.mark.parametrize("untouched", ["digits"], indirect=True)
"""For what is the same whatever the study: one of them proves it."""


@pytest.fixture
def study(untouched: RunningDashboard, known: dict[str, Known]) -> Known:
    return known[untouched.source.name]


@dataclass
class Watched:
    """What a browser did that nobody asked it to do."""

    complaints: list[str]
    addresses: list[str]
    may_be_away: bool = False

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_expected(message):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _is_expected(self, message: ConsoleMessage) -> bool:
        # An address such as /map may be a page or the folder that the whole dashboard lies in; Streamlit asks
        # below both and takes the one that answers.
        looked_for_its_folder = re.search(r"/[a-z-]+/_stcore/(health|host-config)$", message.location["url"])
        return bool(looked_for_its_folder) or self.may_be_away


@pytest.fixture
def watched() -> Watched:
    return Watched([], [])


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One browser a theme for all tests: what a server never changes is fetched from it once."""
    opened: dict[str, BrowserContext] = {}
    for theme in ("light", "dark"):
        opened[theme] = open_context(browser, *WIDE, color_scheme=theme)
        opened[theme].set_default_timeout(PATIENCE)
        opened[theme].new_page()
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def look(contexts: dict[str, BrowserContext], watched: Watched, serve: Serve) -> Iterator[Look]:
    """Open a page; every error in the console and every request to another machine fails the test.

    The first window of a theme is there for all tests. Pages are left before the servers of `serve` stop.
    """
    ears: dict[Any, Callable[[Any], None]] = {
        "console": watched.hear,
        "pageerror": lambda error: watched.complaints.append(str(error)),
        "request": lambda request: watched.addresses.append(request.url),
        "websocket": lambda socket: watched.addresses.append(socket.url),
    }
    waiting = {theme: context.pages[0] for theme, context in contexts.items()}
    used: list[Page] = []

    def looking(dashboard: RunningDashboard, path: str = "", *, theme: str = "light") -> Page:
        page = waiting.pop(theme, None) or contexts[theme].new_page()
        used.append(page)
        for event, ear in ears.items():
            page.on(event, ear)
        turn_to(page, dashboard, path)
        return page

    yield looking
    for context in contexts.values():
        first, *others = context.pages
        for page in others:
            page.close()
        if first in used:
            leave(first, *WIDE)
            for event, ear in ears.items():
                first.remove_listener(event, ear)
    assert watched.complaints == []
    away = {urlsplit(url).hostname for url in watched.addresses if not url.startswith(("data:", "blob:"))}
    assert away <= {"127.0.0.1"}


def turn_to(page: Page, dashboard: RunningDashboard, path: str) -> None:
    page.goto(f"{dashboard.address}/{path}")
    settled(page)


def settled(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_selector("[data-testid=stMainBlockContainer] [data-testid=stElementContainer]", state="attached")


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=re.compile(name)).click()


def until(page: Page, condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition of this process, letting the browser's events in meanwhile."""
    last = time.monotonic() + PATIENCE / 1000
    while not (found := condition()):
        assert time.monotonic() < last, f"waited in vain for {what}"
        page.wait_for_timeout(20)
    return found


def ask(page: Page, dashboard: RunningDashboard, path: str) -> Any:
    """Ask a route, as the components of the page do."""
    answer = page.request.get(f"{dashboard.address}/margin/{study_key(page)}/{path}")
    assert answer.ok, answer.text()
    return answer.json()


def study_key(page: Page) -> str:
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    return next(found[1] for name in names if (found := re.search(r"/margin/([0-9a-f]+)/", name)))


# ----- overview --------------------------------------------------------------------------------------------------


def metric(page: Page, name: str) -> str:
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue").inner_text()


def test_the_overview_counts_and_each_count_leads_to_its_samples(
    look: Look, untouched: RunningDashboard, study: Known
) -> None:
    page = look(untouched)
    found = study.audited.overview
    expect(page.get_by_test_id("stMetric")).to_have_count(4)
    assert metric(page, "Samples") == f"{study.n:,}"
    assert metric(page, "Suspect labels") == f"{found.suspects:,}"
    assert metric(page, "Decided") == "0"
    assert metric(page, "Not contradicted") == f"{1 - found.suspects / found.labelled:.1%}"
    pair = found.confusions[0]
    given, suggested = study.names[pair.given], study.names[pair.suggested]
    page.get_by_role("button", name=f"{pair.count:,} {given} → {suggested}", exact=True).click()
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    expect(page.get_by_text(f"{pair.count} samples labelled {given}, look like {suggested}")).to_be_visible()
    expect(page.locator(".thumbnails .item:visible")).to_have_count(min(60, pair.count))


@ON_DIGITS
def test_a_bar_leads_to_its_class_every_time(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = look(untouched)
    labels = study.audited.opened.study.labels
    for _ in range(2):
        bar = page.locator(".js-plotly-plot .bars .point").nth(3)
        bar.wait_for()
        box = bar.bounding_box()
        assert box
        page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)
        expect(page.get_by_text(f"{int((labels == 3).sum())} samples labelled {study.names[3]}")).to_be_visible()
        go(page, "Overview")


@ON_DIGITS
def test_a_search_lists_what_it_finds(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = look(untouched)
    sought = str(study.audited.opened.study.ids[5])
    page.get_by_label("Find a sample").fill(sought)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"1 sample found for '{sought}'")).to_be_visible()


# ----- map -------------------------------------------------------------------------------------------------------


def open_map(look: Look, dashboard: RunningDashboard, study: Known, **more: Any) -> Page:
    page = look(dashboard, "map", **more)
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    return page


def test_the_map_is_seen_in_the_colours_of_its_classes(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_map(look, untouched, study)
    pixels = np.asarray(Image.open(io.BytesIO(page.locator(".surface").screenshot())).convert("RGB")).astype(int)
    inside = pixels[60:, 8:-8].reshape(-1, 3)
    seen = 0
    for colour in class_colours(len(study.names)):
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        seen += (np.abs(inside - wanted).max(axis=1) < 40).mean() > 0.0003
    assert seen >= 8
    assert (np.abs(inside - inside[0]).max(axis=1) > 40).mean() > 0.01


def test_a_lasso_holds_the_samples_that_lie_in_it_and_limits_the_review(
    look: Look, untouched: RunningDashboard, study: Known
) -> None:
    page = open_map(look, untouched, study)
    found = maps.circle(page)
    rows = found.rows
    with page.expect_response(re.compile("/selection/")) as told:
        maps.lasso(page, found.path)
    expect(page.get_by_text(f"{len(rows)} samples on the map")).to_be_visible()
    listed = {card["row"] for card in told.value.json()["cards"]}
    assert (
        told.value.json()["total"] == len(rows) and listed <= set(rows.tolist()) and len(listed) == min(60, len(rows))
    )
    with page.expect_response(re.compile(r"/queue\?.*selection=")) as queue:
        page.get_by_role("button", name="Review these").click()
    assert {card["row"] for card in queue.value.json()["cards"]} <= set(rows.tolist())
    expect(page.get_by_text(f"Only the {len(rows)} samples on the map")).to_be_visible()
    page.wait_for_selector(".desk[data-place=one]")
    assert shown_row(page) in rows
    with page.expect_response(re.compile(r"/queue\?(?!.*selection=)")):
        page.get_by_role("button", name="Review all").click()


@ON_DIGITS
def test_a_sample_is_found_from_the_map_and_on_the_map(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_map(look, untouched, study)
    row = maps.lonely(page)
    x, y = maps.places(page)[row]
    page.mouse.click(float(x), float(y))
    page.wait_for_selector(f".panel[data-state=ready][data-row='{row}']")
    expect(page.locator(".panel .id")).to_have_text(f"#{study.audited.opened.study.ids[row]}")

    maps.whole(page)
    path = maps.circle(page).path
    with page.expect_response(re.compile("/selection/")) as told:
        maps.lasso(page, path)
    card = told.value.json()["cards"][2]
    assert not maps.is_ringed(page, card["row"])
    page.locator(".thumbnails .item").nth(2).click()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{card['row']}']")
    until(page, lambda: maps.is_ringed(page, card["row"]), "the ring on the map")


@ON_DIGITS
def test_recolouring_and_filtering_send_no_points_again(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_map(look, untouched, study)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/margin/")[2]))
    page.get_by_role("combobox", name="Colour").click()
    page.get_by_role("option", name="suspicion").click()
    page.wait_for_selector(".map[data-shown^='channel/suspicion']")
    assert [one.partition("/")[2].partition("?")[0] for one in asked if "channel" in one or "points" in one] == [
        "channel/suspicion"
    ]
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("combobox", name="Given label").click()
    page.get_by_role("option", name=study.names[3], exact=True).click()
    page.wait_for_selector(".map[data-shown*='mask/']")
    assert not [one for one in asked if "points" in one]


# ----- typical and odd -------------------------------------------------------------------------------------------


@ON_DIGITS
def test_typical_and_odd_samples_are_found_in_the_background_and_lead_on(
    look: Look, untouched: RunningDashboard
) -> None:
    page = look(untouched, "prototypes")
    page.wait_for_selector(".prototypes[data-state=ready]")
    groups = ask(page, untouched, "typical/coverage")["groups"]
    kinds = page.locator(".prototypes .kind")
    expect(kinds).to_have_count(10)
    first = kinds.first
    expect(first.locator(".prototype .item:visible")).to_have_count(8)
    page.get_by_role("slider", name="samples shown of each class").fill("3")
    expect(first.locator(".prototype .item:visible")).to_have_count(3)
    shares = [int(words.rstrip("\u00a0%")) for words in first.locator(".prototype .under:visible").all_inner_texts()]
    assert sum(shares) == pytest.approx(100, abs=2)
    assert complaints(page) == set()

    first.locator(".criticism .item").first.click()
    odd = groups[0]["criticisms"][0]
    expect(page.locator(".panel-head h2")).to_have_text(f"#{odd['id']}")
    expect(first.locator(".why-this")).to_contain_text("Odd for 0, pick 1.")
    first.get_by_role("button", name="its nearest typical sample").click()
    expect(page.locator(".panel-head h2")).to_have_text(f"#{odd['nearest']['id']}")

    first.locator(".prototype .item").nth(1).click()
    expect(first.locator(".why-this")).to_contain_text("Typical of 0, pick 2.")
    assert complaints(page) == set()
    button = first.get_by_role("button", name=re.compile(r"show the \d+ it stands for"))
    stood_for = int(button.inner_text().split()[2])
    button.click()
    expect(page.get_by_text(f"{stood_for} samples stood for by")).to_be_visible()

    go(page, "Typical and odd")
    page.get_by_role("combobox", name="class").select_option("3")
    expect(page.locator(".prototypes .kind:visible")).to_have_count(1)
    page.get_by_text("Compare with MMD-critic").click()
    page.wait_for_selector(".strip.prototype[data-rule=mmd_critic]:visible")
    page.get_by_role("button", name="review the odd ones", exact=True).click()
    page.wait_for_selector(".desk[data-place=one]")
    assert ask(page, untouched, "queue")["progress"]


@ON_DIGITS
def test_a_class_with_less_to_show_says_so(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched, "prototypes")
    page.wait_for_selector(".prototypes[data-state=ready]")
    groups = ask(page, untouched, "typical/coverage")["groups"][:4]
    for group, size in zip(groups[1:], (5, 1, 0), strict=True):
        group.update(size=size, prototypes=group["prototypes"][: (size + 1) // 2], criticisms=[])
    page.route("**/typical/coverage", lambda route: route.fulfill(json={"groups": groups}))
    page.reload()
    page.wait_for_selector(".prototypes[data-state=ready]")
    notes = page.locator(".prototypes .kind .note")
    assert [words.strip() for words in notes.all_inner_texts()] == [
        "",
        "This class has 5 samples, fewer than 8.",
        "This class has one sample, which stands for itself.",
        "No sample of this class has features.",
    ]
    page.unroute("**/typical/coverage")


# ----- the decision boundary -------------------------------------------------------------------------------------


@ON_DIGITS
def test_samples_between_two_classes_are_walked_along_by_key_and_lead_on(
    look: Look, untouched: RunningDashboard
) -> None:
    page = look(untouched, "boundary")
    page.wait_for_selector(".boundary[data-state=ready]")
    pairs = ask(page, untouched, "boundary/boundary")["pairs"]
    select = page.get_by_role("combobox", name="two classes")
    expect(select).to_have_value(",".join(map(str, pairs[0]["pair"])))
    assert page.locator(".pair-table button").count() == len(pairs)
    chords = page.locator(".chords .chord")
    expect(chords).to_have_count(len(pairs))
    width = "node => [Number(node.getAttribute('stroke-width')), node.textContent]"
    broadest = max(chords.nth(place).evaluate(width) for place in range(len(pairs)))
    assert broadest[1].startswith("{} and {} –".format(*pairs[0]["pair"]))
    chords.filter(has_text="{} and {} –".format(*pairs[2]["pair"])).dispatch_event("click")
    expect(select).to_have_value(",".join(map(str, pairs[2]["pair"])))

    a, b = pairs[1]["pair"]
    page.locator(".pair-table").get_by_role("button", name=f"{a} and {b} –").click()
    page.wait_for_selector(f".boundary[data-pair='{a},{b}']")
    expect(select).to_have_value(f"{a},{b}")
    samples = ask(page, untouched, f"boundary/boundary?pair={a},{b}")["samples"]
    page.get_by_role("slider", name="samples shown").fill("7")
    items = page.locator(".boundary .item:visible")
    expect(items).to_have_count(7)
    order = sorted(samples[:7], key=lambda one: -one["lead"])
    titles = items.evaluate_all("nodes => nodes.map((node) => node.title)")
    assert [words.split(",")[0] for words in titles] == [f"sample {one['id']}" for one in order]
    expect(page.locator(".boundary .item.wrong:visible")).to_have_count(sum(one["wrong"] for one in order))

    items.first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".panel-head h2")).to_have_text(f"#{order[-2]['id']}")
    expect(page.locator(".boundary .why-this")).to_contain_text(f"#{order[-2]['id']}: the model says {a} with")
    expect(items.nth(5)).to_have_attribute("aria-selected", "true")

    page.get_by_role("button", name="show on the map").click()
    expect(page.get_by_text(f"7 samples between {a} and {b}")).to_be_visible()
    page.get_by_role("combobox", name="Colour").click()
    page.get_by_role("option", name="Colour: torn between classes").click()
    page.wait_for_selector(".map[data-shown*='channel/boundary']")

    go(page, "Decision boundary")
    expect(select).to_have_value(f"{a},{b}")  # what was chosen is still chosen
    page.get_by_role("button", name="walk it across").click()
    expect(page.get_by_text("No network is trained yet.")).to_be_visible()
    go(page, "Decision boundary")
    page.get_by_text("Against the label").click()
    page.wait_for_selector(".boundary[data-state=ready] .item.wrong")
    page.get_by_role("button", name="review these").click()
    page.wait_for_selector(".desk[data-place=one]")


@ON_DIGITS
def test_a_slice_is_drawn_in_the_background_and_goes_through_a_sample_of_ones_own(
    look: Look, untouched: RunningDashboard
) -> None:
    page = look(untouched, "boundary")
    page.wait_for_selector(".boundary[data-state=ready]")
    page.get_by_role("button", name="Draw the slice").click()
    pins = page.locator(".js-plotly-plot .textpoint")
    expect(pins).to_have_count(3)
    expect(page.get_by_text("Drawn from your own model")).to_be_visible()
    expect(page.locator(".js-plotly-plot .layer-above image")).to_have_count(3)
    assert complaints(page) == set()

    page.get_by_text("their features, by a linear model").click()
    expect(page.get_by_text("Drawn from a linear model on the features")).to_be_visible()
    page.locator(".boundary .item:visible").last.click()
    page.wait_for_selector(".panel[data-state=ready]")
    own = page.locator(".panel-head h2").inner_text()
    page.get_by_role("button", name=f"{own} to the left").click()
    expect(pins.first).to_have_text(own)
    page.get_by_role("button", name="Usual three").click()
    expect(pins.first).not_to_have_text(own)


# ----- every page ------------------------------------------------------------------------------------------------


READY = {
    "": "[data-testid=stMetric]",
    "map": ".map[data-painted]",
    "review": ".desk[data-place=one]",
    "prototypes": ".prototypes[data-state=ready] .item",
    "boundary": ".boundary[data-state=ready] .item",
    "saliency": ".saliency[data-state=ready]",
    "trust": "text=Found so far",
    "bought": "text=Nobody has decided on a label yet",
    "invertible": "text=No network is trained yet",
    "export": "text=Decision log",
    "how-good": ".js-plotly-plot .scatterlayer .trace",
    "open": "text=Folders that may be opened",
}


@ON_DIGITS
@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_used_by_everybody_and_on_a_small_screen(
    look: Look, untouched: RunningDashboard, path: str
) -> None:
    page = look(untouched, path)
    ready(page, path)
    assert complaints(page) == set()
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []


def test_every_page_in_the_dark_and_with_other_classes_can_be_used_too(look: Look, untouched: RunningDashboard) -> None:
    """Colours depend on the theme, which needs one study; room depends on the words, which need one theme."""
    in_the_dark = untouched.source.name == "digits"
    page = look(untouched, theme="dark" if in_the_dark else "light")
    for path in PAGES:
        page.get_by_test_id("stSidebarNav").locator(f"a[href$='/{path}']").click()
        page.wait_for_url(f"{untouched.address}/{path}*")
        ready(page, path)
        for width, height in (WIDE, NARROW) if in_the_dark else (NARROW,):
            page.set_viewport_size({"width": width, "height": height})
            assert complaints(page) == set(), path
        assert wider_than_the_screen(page) == [], path


def ready(page: Page, path: str) -> None:
    page.locator(READY[path]).first.wait_for(timeout=2 * PATIENCE)
    settled(page)


def wider_than_the_screen(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => {
          const parts = document.querySelectorAll("[data-testid=stMain], [data-testid=stSidebarContent]");
          return [document.documentElement, ...parts].filter((node) => node.scrollWidth > node.clientWidth + 1)
            .map((node) => `${node.dataset.testid} ${node.scrollWidth}`);
        }"""
    )
    return found


def complaints(page: Page) -> set[str]:
    """List what axe-core finds wrong, the moderate and the minor too."""
    found = Axe().run(page).response["violations"]
    return {f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]}


# ----- across a boundary -----------------------------------------------------------------------------------------


def test_a_sample_walks_across_a_boundary_by_key(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    page = look(dashboard, "invertible")
    page.get_by_role("button", name="Train the network").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.locator(".walk[data-state=ready]").wait_for(timeout=4 * PATIENCE)
    row = page.locator(".walk").get_attribute("data-row")
    walk = ask(page, dashboard, f"walk/{row}")
    slider = page.get_by_role("slider", name="how far it has walked")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^on the boundary of"))
    shown = page.locator(".walk .probabilities .number")

    def says(frame: int) -> None:
        expect(page.locator(f".walk[data-frame='{frame}']")).to_be_visible()
        expect(shown.nth(0)).to_have_text(f"{walk['probabilities'][frame][walk['start']]:.2f}")
        expect(shown.nth(1)).to_have_text(f"{walk['probabilities'][frame][walk['end']]:.2f}")

    says(40)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    slider.press("Home")
    says(0)
    pixels = "node => node.toDataURL()"
    sample, moving = (page.get_by_role("img", name=name) for name in ("the sample", "the sample on its way"))
    assert sample.first.evaluate(pixels) == moving.evaluate(pixels)
    slider.press("ArrowRight")
    says(1)
    slider.press("End")
    says(60)
    assert sample.first.evaluate(pixels) != moving.evaluate(pixels)
    slider.evaluate(
        """node => {
          for (let frame = 0; frame <= 60; frame += 1) {
            node.value = String(frame);
            node.dispatchEvent(new Event("input"));
          }
        }"""
    )
    says(60)
    assert [url for url in sent if "/walk/" in url] == []

    for theme_page in (page, look(dashboard, "invertible", theme="dark")):
        theme_page.locator(".walk[data-state=ready]").wait_for()
        assert complaints(theme_page) == set()
        assert wider_than_the_screen(theme_page) == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []

    other = next(number for number in range(10) if number not in (walk["start"], walk["end"]))
    page.get_by_role("combobox", name="walk to the boundary with").select_option(str(other))
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"\b{other}\b"))
    assert page.locator(".walk").get_attribute("data-row") == row
    page.locator(".near-one").nth(3).click()
    expect(page.locator(f".walk[data-row='{row}']")).to_have_count(0)
    picked = page.locator(".walk").get_attribute("data-row")
    settled(page)
    page.get_by_role("button", name="show on map").click()
    page.locator(".map[data-painted]").wait_for()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{picked}']")

    go(page, "Across the boundary")
    page.get_by_role("button", name="others between these two").click()
    page.wait_for_selector(".boundary[data-state=ready]")
    page.wait_for_selector(f".panel[data-state=ready][data-row='{picked}']")


# ----- what the model saw ----------------------------------------------------------------------------------------


DRAWN = """node => {
  const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
  return [...data].filter((_, at) => at % 4 === 0).join();
}"""
"""The red of every pixel of a canvas."""


def maps_ready(page: Page, row: int | str) -> None:
    page.locator(f".saliency[data-row='{row}'][data-state=ready]").wait_for(timeout=2 * PATIENCE)


def test_the_maps_of_a_suspect_are_one_key_away_and_so_is_the_way_back(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    page = look(dashboard, "review")
    page.locator(".desk[data-place=one]").wait_for()
    page.keyboard.press("ArrowRight")
    row = page.locator(".desk").get_attribute("data-row")
    assert row is not None
    page.keyboard.press("v")
    maps_ready(page, row)
    tiles = page.locator(".saliency .tile[data-method]")
    expect(tiles).to_have_count(3)
    for tile in tiles.all():
        tile.locator("xpath=self::*[@data-drawn]").wait_for()
    drawn = [tile.locator(".heat").evaluate(DRAWN) for tile in tiles.all()]
    assert len(set(drawn)) == 3
    grad_cam = page.locator(".tile[data-method=grad_cam]")
    expect(grad_cam.locator(".measures .number").first).to_have_text(re.compile(r"^-?\d\.\d\d$"))
    page.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for()
    settled(page)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("slider", name="opacity of the maps").fill("0.2")
    assert grad_cam.locator(".heat").evaluate("node => getComputedStyle(node).opacity") == "0.2"
    assert [url for url in asked if "saliency" in url] == []

    page.get_by_role("heading", name="What the model saw").click()
    page.keyboard.press("o")
    words = page.locator(".parts-words")
    expect(words).to_have_text(re.compile("Click a part"))
    page.keyboard.press(".")
    expect(words).to_have_text(re.compile(r"^Without part 1 of \d+: \d (falls|rises) by 0\.\d{3}"))
    page.locator(".tile .frame").first.click(position={"x": 40, "y": 40})
    expect(words).not_to_have_text(re.compile("Without part 1 of"))
    page.get_by_role("combobox", name="and why not").select_option(index=1)
    expect(page.locator(".saliency .scale")).to_have_text(re.compile(r"^for \d"))

    for theme_page in (page, look(dashboard, "saliency", theme="dark")):
        theme_page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
        settled(theme_page)
        assert complaints(theme_page) == set()
        assert wider_than_the_screen(theme_page) == []
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []

    page.get_by_role("heading", name="What the model saw").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f".saliency[data-row='{row}']")).to_have_count(0)
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    other = page.locator(".saliency").get_attribute("data-row")
    page.keyboard.press("v")
    page.locator(f".desk[data-place=one][data-row='{other}']").wait_for()


def test_maps_of_the_queue_are_made_compared_attacked_and_taken_away(look: Look, serve: Serve, tmp_path: Path) -> None:
    page = look(serve("fashion"), "saliency")
    for name in ("MARGIN", "Integrated Gradients"):
        page.get_by_role("group", name="methods, up to four").get_by_role("button", name=name, exact=True).click()
    page.locator(".tile[data-method=grad_cam][data-drawn]").wait_for(timeout=2 * PATIENCE)
    page.get_by_role("button", name=re.compile("^make all")).click()
    expect(page.locator(".strip .item[data-map=there]").nth(4)).to_be_visible()
    page.locator(".strip").get_by_role("button", name="stop").click()
    expect(page.locator(".strip-head")).to_contain_text("what was made is kept")

    comparison = page.locator(".comparison")
    comparison.get_by_label("samples compared on").select_option("25")
    for name in ("MARGIN", "Integrated Gradients", "Gradient × input"):
        comparison.get_by_role("button", name=name, exact=True).click()
    comparison.get_by_role("button", name="compare", exact=True).click()
    expect(comparison.locator("tbody tr")).to_have_count(2)
    if comparison.get_by_role("button", name="stop").is_visible():
        comparison.get_by_role("button", name="stop").click()
    expect(comparison.locator("tbody th").first).to_have_text("Grad-CAM")

    page.get_by_role("button", name="try it").click()
    page.get_by_role("button", name="against the top pixels").click()
    page.locator(".fragility[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    expect(page.locator(".fragility dd").first).to_have_text(re.compile(r"^\d+ %$"))

    page.get_by_role("button", name="measure every strength").click()
    page.locator(".strengths[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    expect(page.locator(".strengths .dot.attack")).to_have_count(3 * 4)
    expect(page.locator(".strengths .dot.chance")).to_have_count(3 * 4)
    marked = page.locator(".strengths .mark").first.get_attribute("x1")
    page.get_by_role("slider", name="largest change of a value").fill("3")
    expect(page.locator(".strengths .axis .now").first).to_have_text("8")
    assert page.locator(".strengths .mark").first.get_attribute("x1") != marked
    examples = page.locator(".examples")
    expect(examples).to_contain_text(re.compile(r"at most 8 of 255: changed by chance, \d of 5 stay; changed against"))
    expect(examples.locator(".example.other:visible").first).to_contain_text(re.compile("out by|new"))
    assert complaints(page) == set()
    page.get_by_role("button", name="Measure every sample").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped. What was finished is kept.")).to_be_visible()
    before = page.locator(".saliency").get_attribute("data-row")
    examples.locator("[data-row=before] .example").first.click()
    expect(page.locator(f".saliency[data-row='{before}']")).to_have_count(0)
    page.locator(".tile[data-method=grad_cam][data-drawn]").wait_for(timeout=2 * PATIENCE)

    with page.expect_download() as picture:
        page.get_by_role("button", name="save picture").click()
    with Image.open(picture.value.path()) as saved:
        assert saved.size[0] > 600
        assert len(saved.convert("RGB").getcolors(1_000_000) or []) > 50
    with page.expect_download() as arrays:
        page.get_by_role("button", name="save arrays").click()
    with np.load(io.BytesIO(Path(arrays.value.path()).read_bytes()), allow_pickle=False) as kept:
        assert kept["grad_cam.heatmap"].shape == (28, 28)


RULE = """
import numpy as np

class Cold:
    fingerprint, description, class_names = "cold 1", "Looks for one word", ("cold", "warm")

    def probabilities(self, inputs):
        cold = np.array([0.9 if "cold" in text else 0.2 for text in inputs])
        return np.stack([cold, 1 - cold], axis=1)
"""


def write_onnx(path: Path, shape: list[int | str], weights: np.ndarray) -> None:
    """Write a model of one linear layer, from samples of a shape to the logits of two classes."""
    kinds = onnx.TensorProto
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("Flatten", ["samples"], ["flat"]),
            onnx.helper.make_node("Gemm", ["flat", "w"], ["logits"]),
        ],
        "linear",
        [onnx.helper.make_tensor_value_info("samples", kinds.FLOAT, shape)],
        [onnx.helper.make_tensor_value_info("logits", kinds.FLOAT, ["b", 2])],
        [onnx.numpy_helper.from_array(np.stack([weights, -weights], axis=1).astype(np.float32), "w")],
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8), path)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDashboard]:
    """Serve texts with a model of somebody's own; a table and pictures with ONNX models may be opened beside them."""
    folder, drawn = tmp_path_factory.mktemp("others"), np.random.default_rng(0)
    (folder / "own_rule.py").write_text(RULE, encoding="utf-8")
    lines = [f"The {what} by the {where} was {mood} to us,{mood}" for what in ("soup", "room", "hall", "bath", "tea")
             for where in ("sea", "lake", "mill", "park") for mood in ("cold", "warm")]  # fmt: skip
    (folder / "texts.csv").write_text("\n".join(["text,label", *lines, "So cold,warm"]) + "\n", encoding="utf-8")
    labels = np.arange(40) % 2
    rows = drawn.normal(size=(40, 4)) + 2 * np.outer(1 - 2 * labels, [0, 0, 1, 0])
    table = pd.DataFrame(rows, columns=["ash", "hue", "iron", "lime"]).assign(label=labels)
    table.to_csv(folder / "table.csv", index=False)
    write_onnx(folder / "table.onnx", ["b", 4], np.array([0, 0.2, 2, 0]))
    pictures = drawn.integers(0, 90, (40, 8, 8)).astype(np.uint8)
    pictures[labels == 0, :4, :4] += 150
    np.savez(folder / "pictures.npz", inputs=pictures, labels=labels)
    weights = np.full((8, 8), -1.0)
    weights[:4, :4] = 1
    write_onnx(folder / "pictures.onnx", ["b", 1, 8, 8], weights.ravel() / 4)
    own: dict[str, Any] = {}
    exec(RULE, own)
    for name, model in (
        ("texts.csv", own["Cold"]()),
        ("table.csv", str(folder / "table.onnx")),
        ("pictures.npz", str(folder / "pictures.onnx")),
    ):
        workspace = Workspace.at((folder / name).with_suffix(".margin"))
        compute_map_positions(audit(open_source(folder / name, model=model, workspace=workspace)))
    dashboard = RunningDashboard(
        folder / "texts.csv", folder, "--model", "own_rule:Cold", "--workspace", folder / "texts.margin",
        "--root", folder,
    )  # fmt: skip
    yield dashboard
    dashboard.stop()


def beside(page: Page, others: RunningDashboard, name: str) -> None:
    """Open a study beside the texts, and look at what the model saw in it."""
    open_from_page(page, others.folder / name)
    page.get_by_test_id("stMetric").first.wait_for(timeout=2 * PATIENCE)
    go(page, "What the model saw")
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    settled(page)


def test_the_words_of_a_text_are_weighed_where_they_stand(look: Look, others: RunningDashboard) -> None:
    page = look(others, "saliency")
    page.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    expect(page.get_by_text("Texts have MARGIN's own map; the other methods are made for pictures.")).to_be_visible()
    words = page.locator(".saliency .word")
    shares = words.evaluate_all("all => all.map((one) => Number(one.style.getPropertyValue('--share')))")
    heaviest = words.nth(int(np.argmax(shares)))
    expect(heaviest).to_have_text("cold")
    page.get_by_role("heading", name="What the model saw").click()
    page.keyboard.press(".")
    said = page.locator(".parts-words")
    expect(said).to_have_text(re.compile(r"^Without word 1, “\w+”: cold falls by 0\.000"))
    heaviest.click()
    expect(said).to_have_text(re.compile(r"^Without word \d+, “cold”: cold falls by 0\.700, from 0\.90 to 0\.20\."))
    page.get_by_role("combobox", name="and why not").select_option(index=1)
    expect(page.locator(".saliency .scale")).to_have_text("for warmfor cold")
    dark = look(others, "saliency", theme="dark")
    dark.locator(".saliency[data-state=ready]").wait_for(timeout=2 * PATIENCE)
    settled(dark)
    assert complaints(dark) == set()
    assert wider_than_the_screen(dark) == []


def test_the_columns_of_a_row_are_weighed_the_most_important_first(look: Look, others: RunningDashboard) -> None:
    page = look(others, "open")
    beside(page, others, "table.margin")
    columns = page.locator(".saliency .weight:not(.head)")
    expect(columns).to_have_count(4)
    expect(columns.first.locator(".name")).to_have_text("iron")
    columns.first.click()
    expect(page.locator(".parts-words")).to_have_text(re.compile("^Without iron, the mean of all samples in its place"))
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert complaints(page) == set()
    assert wider_than_the_screen(page) == []
    with page.expect_download() as picture:
        page.get_by_role("button", name="save picture").click()
    with Image.open(picture.value.path()) as saved:
        assert saved.size[0] == 720


def test_an_onnx_model_has_the_maps_that_ask_for_probabilities(look: Look, others: RunningDashboard) -> None:
    page = look(others, "open")
    beside(page, others, "pictures.margin")
    ways = page.get_by_role("group", name="methods, up to four").get_by_role("button")
    assert ways.all_inner_texts() == ["MARGIN", "Occlusion", "RISE", "LIME"]
    expect(page.get_by_text("This model only gives probabilities, so the methods that follow")).to_be_visible()
    page.get_by_role("heading", name="What the model saw").click()
    page.keyboard.press("o")
    expect(page.locator(".parts-words")).to_have_text(re.compile("Click a part"))
    ways.last.click()
    page.locator(".tile[data-method=lime][data-drawn]").wait_for(timeout=2 * PATIENCE)


def test_how_good_it_is_is_shown_beside_other_methods(look: Look, untouched: RunningDashboard) -> None:
    page = look(untouched, "how-good")
    expect(page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(7)
    expect(page.locator(".js-plotly-plot .legendtext").filter(has_text="this dashboard")).to_be_visible()
    expect(page.get_by_text("labels are wrong")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


# ----- trust -----------------------------------------------------------------------------------------------------


def test_from_the_first_suspect_to_knowing_how_many_are_left(look: Look, serve: Serve) -> None:
    """Thirty labels by key, three of them random checks; then the bound, the diagram, and a self-test."""
    dashboard = serve("digits")
    page = open_desk(look, dashboard)
    for _ in range(30):
        row = shown_row(page)
        page.keyboard.press("Enter" if page.locator(".keys .next").count() else "k")
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
    expect(page.locator(".desk .connection[data-state=saved]")).to_be_visible()
    expect(page.locator(".desk .remaining")).to_have_text(re.compile(r"^\d+ wrong found, at most 1,\d\d\d left$"))
    said = page.locator(".desk .remaining").inner_text()

    page.get_by_role("link", name="How far to trust it").click()
    expect(page.get_by_role("heading", name="How far to trust it")).to_be_visible()
    tiles = page.get_by_test_id("stMetricValue")
    expect(tiles).to_have_count(3)
    found, most = tiles.nth(1).inner_text(), tiles.nth(2).inner_text()
    assert said == f"{found} wrong found, at most {most} left"
    assert int(found) >= 20 and int(most.replace(",", "")) < 1797
    expect(page.get_by_text("95 % sure, from 3 random checks")).to_be_visible()
    expect(page.get_by_text(f"{found} wrong labels found in 30 looked at.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Brier score 0\.\d{3}, 0 is perfect\."))).to_be_visible()
    # The yield curve, its lines named beside them, and the reliability diagram.
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    for name in ("best possible", "foreseen", "at random"):
        expect(page.locator(".js-plotly-plot .annotation-text").filter(has_text=name)).to_be_visible()
    page.get_by_text("Compare with the true labels").click()
    expect(page.locator(".annotation-text").filter(has_text="neighbour disagreement")).to_be_visible()

    page.get_by_role("button", name="Plant mistakes").click()
    expect(
        page.get_by_text(re.compile(r"Of 100 planted label errors \d+ are in the first 5 % of the queue"))
    ).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)


def test_what_the_decisions_bought_is_measured_in_the_background_and_shown(look: Look, serve: Serve) -> None:
    """Twelve labels by key; then the headline, the curve with its lines named, and the table, in both themes."""
    dashboard = serve("digits")
    page = open_desk(look, dashboard)
    for _ in range(12):
        row = shown_row(page)
        page.keyboard.press("Enter" if page.locator(".keys .next").count() else "k")
        until(page, lambda row=row: shown_row(page) != row, "the next sample")
    saved(page)
    go(page, "What did it buy?")
    expect(page.get_by_text("12 labels are decided on.")).to_be_visible()
    page.get_by_role("button", name="Measure what they bought").click()
    expect(page.get_by_text(re.compile(r"^Your 12 decisions .* of a linear model on held-out samples"))).to_be_visible()
    expect(page.get_by_text("by the true labels that the study keeps beside it")).to_be_visible()
    for name in ("your decisions", "this dashboard", "random order"):
        expect(page.locator(".annotation-text").filter(has_text=name)).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    for theme in ("light", "dark"):
        shown = look(dashboard, "bought", theme=theme)
        expect(shown.locator(".js-plotly-plot")).to_have_count(1)
        settled(shown)
        assert complaints(shown) == set()
        shown.screenshot(path=dashboard.folder / f"bought-{theme}.png", full_page=True)
    assert wider_than_the_screen(page) == []


def test_from_the_first_suspect_to_stop(look: Look, serve: Serve) -> None:
    """Every suspect decided by key as it truly is, then random checks, until the page says that one can stop."""
    dashboard = serve("digits")
    with np.load(BUNDLED / "digits/truth.npz") as told, np.load(BUNDLED / "digits/study.npz") as source:
        truth, given = told["labels"], source["labels"]
    page = look(dashboard, "trust")
    expect(page.get_by_text("Go through the suspects first")).to_be_visible()
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="5 %", exact=True).click()
    page.get_by_role("button", name="Go on reviewing").click()
    page.wait_for_selector(".desk[data-place=one]")

    def decide_all() -> int:
        """Decide what is on screen, until there is nothing more or the desk pauses."""
        made, last = 0, -1
        while True:
            row, place = page.locator(".desk").evaluate("one => [Number(one.dataset.row ?? -1), one.dataset.place]")
            if place == "empty":
                break
            if place != "one" or row == last:
                page.wait_for_timeout(20)
                continue
            page.keyboard.press("k" if truth[row] == given[row] else str(truth[row]))
            made, last = made + 1, row
        saved(page)
        return made

    suspects = decide_all()
    expect(page.locator(".empty h2")).to_have_text("Every suspect is decided")
    said = page.locator(".empty p").inner_text()
    missing = int(re.search(r"Your goal is at most 89: (\d+) more random checks reach it, if all are right\.", said)[1])
    page.keyboard.press("c")
    page.wait_for_selector(".desk[data-place=one]")
    expect(page.locator(".counts .beyond")).to_have_text("random checks")
    checks = decide_all()
    expect(page.locator(".empty h2")).to_have_text("You can stop")
    # What comes back from the server a moment later pauses it: a few keys were faster.
    assert missing <= checks <= missing + 41

    workspace = dashboard.folder / "digits.margin"
    decisions = log(workspace)
    # A key that comes as the desk pauses decides nothing.
    assert suspects + checks - 1 <= len(decisions) <= suspects + checks
    # Models that were fitted again meanwhile may suspect a few more.
    assert sum(decision.sampled for decision in decisions[suspects:]) >= max(missing, 0.9 * checks)
    assert sum(decision.sampled for decision in decisions[:suspects]) >= suspects // 10 - 1
    go(page, "How far to trust it")
    sentence = page.get_by_text(
        re.compile(r"You can stop: at most (\d+) of 1,797 labels are still wrong \(95 % sure\)")
    )
    expect(sentence).to_be_visible()
    most = int(re.search(r"at most (\d+)", sentence.inner_text())[1])
    decided = [int(sample.removeprefix("digit-")) for sample in standing(workspace)]
    left = (truth != given).sum() - (truth != given)[decided].sum()
    assert left <= most <= 89


# ----- review ----------------------------------------------------------------------------------------------------


def open_desk(look: Look, dashboard: RunningDashboard, **more: Any) -> Page:
    page = look(dashboard, "review", **more)
    page.wait_for_selector(".desk[data-place=one]")
    return page


def shown_row(page: Page) -> int:
    return int(page.locator(".desk").get_attribute("data-row") or -1)


def saved(page: Page) -> None:
    page.wait_for_selector(".connection[data-state=saved]")


def counts(page: Page) -> list[str]:
    return page.locator(".counts").inner_text().split("\n")


def log(folder: Path) -> list[Decision]:
    with closing(ReviewStore(folder / "review.sqlite")) as store:
        return store.decisions()


def standing(folder: Path) -> dict[str, tuple[Verdict, str | None]]:
    """Replay a log by hand: what holds for each sample."""
    decisions = log(folder)
    undone = {decision.undoes for decision in decisions}
    return {
        decision.sample_id: (decision.verdict, decision.new_label)
        for decision in decisions
        if decision.verdict is not Verdict.UNDO and decision.id not in undone
    }


@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_ten_suspects_reviewed_two_undone_and_eight_found_again_after_a_crash(
    look: Look, serve: Serve, known: dict[str, Known], tmp_path: Path, name: str, watched: Watched
) -> None:
    dashboard, names = serve(name), known[name].names
    workspace = tmp_path / f"{name}.margin"
    page = open_desk(look, dashboard)
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
    assert standing(workspace) == expected and len(log(workspace)) == 12
    verdicts = [verdict for verdict, _ in expected.values()]
    relabelled, kept = verdicts.count("relabel"), verdicts.count("keep")
    assert relabelled + kept == 6

    page.reload()
    page.wait_for_selector(".desk[data-place=one]")
    assert counts(page)[1:3] == ["8 decided", f"{relabelled} relabelled"]
    watched.may_be_away = True
    dashboard.kill()
    dashboard.start()
    page.reload()
    page.wait_for_selector(".desk[data-place=one]")
    watched.may_be_away = False
    assert counts(page)[1:3] == ["8 decided", f"{relabelled} relabelled"]
    expect(page.locator(".made:not(.absent)")).to_have_count(8)
    assert standing(workspace) == expected and len(log(workspace)) == 12
    assert next(one.note for one in log(workspace) if one.sample_id == noted) == "smudged, s x u k"

    go(page, "Export")
    changes = f"{relabelled + 1} changes: {relabelled} relabelled, 1 excluded; {kept} labels confirmed."
    expect(page.get_by_text(changes)).to_be_visible()
    check_exports(page, known[name], expected, tmp_path)


def check_exports(page: Page, study: Known, expected: dict[str, tuple[str, str | None]], folder: Path) -> None:
    csv, parquet = (pd.DataFrame(), pd.DataFrame())
    csv = pd.read_csv(taken(page, "CSV", 0, folder / "all.csv"), dtype=str, keep_default_na=False)
    parquet = pd.read_parquet(taken(page, "Parquet", 0, folder / "all.parquet"))
    labels, ids = study.audited.opened.study.labels, study.audited.opened.study.ids
    given = {sample: study.names[label] for sample, label in zip(ids.tolist(), labels.tolist(), strict=True)}
    for frame in (csv, parquet):
        assert frame["id"].tolist() == ids.tolist()
        for row in frame.itertuples():
            verdict, label = expected.get(row.id, (None, None))
            wanted = label if verdict in ("relabel", "keep") else given[row.id]
            assert verdict == "exclude" or row.label == wanted
    log_frame = pd.read_parquet(taken(page, "Parquet", 2, folder / "log.parquet"))
    assert len(log_frame) == 12


def taken(page: Page, words: str, place: int, path: Path) -> Path:
    """Download one of the page's files."""
    downloads: list[Download] = []

    def take(download: Download) -> None:
        downloads.append(download)

    page.on("download", take)
    page.context.once("page", lambda popup: popup.on("download", take))
    page.get_by_role("link", name=words).nth(place).click()
    until(page, lambda: downloads, f"the download of {words}")
    downloads[0].save_as(path)
    page.remove_listener("download", take)
    return path


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
    page = open_desk(look, deciding)
    keys = "eekesxkeek" * 5
    rows = press_fast(page, keys)
    saved(page)
    check_log(added(), known["fashion"], rows, keys)


def test_a_reload_in_the_middle_loses_no_key(
    look: Look, deciding: RunningDashboard, added: Callable[[], list[Decision]], known: dict[str, Known]
) -> None:
    page = open_desk(look, deciding)
    keys = "eekesxkeek" * 5
    rows = press_fast(page, keys[:25])
    page.reload()
    page.wait_for_selector(".desk[data-place=one]")
    rows += press_fast(page, keys[25:])
    saved(page)
    check_log(added(), known["fashion"], rows, keys)


AWAY = 7.0
"""Seconds; after three or four without a server, Streamlit covers the page with a dialog of its own."""


def test_a_server_killed_for_seconds_in_the_middle_loses_no_key(
    look: Look, serve: Serve, known: dict[str, Known], tmp_path: Path, watched: Watched
) -> None:
    dashboard = serve()
    page = open_desk(look, dashboard)
    watched.may_be_away = True
    keys = "eekesxkeek" * 5
    rows = press_fast(page, keys[:10])
    killed = time.monotonic()
    dashboard.kill()
    rows += press_fast(page, keys[10:25])
    expect(page.locator(".connection")).to_contain_text("Server away")
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
    settled(page)
    page.wait_for_selector(".desk[data-place=one]")
    page.keyboard.press("u")
    expect(page.locator(".counts")).to_contain_text("49 decided")


def test_a_group_is_decided_at_once_but_for_one_left_out(
    look: Look, deciding: RunningDashboard, added: Callable[[], list[Decision]], known: dict[str, Known]
) -> None:
    page = open_desk(look, deciding)
    with (
        page.expect_response(re.compile("/groups")) as groups,
        page.expect_response(re.compile(r"/queue\?.*suggested=")) as listed,
    ):
        page.keyboard.press("g")
    page.wait_for_selector(".desk[data-place=grid]")
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
    page.wait_for_selector(".desk[data-place=one]")
    page.keyboard.press("u")
    undone = until(page, lambda: len(added()) >= 2 * len(made) and added()[len(made) :], "the undos")
    assert [one.undoes for one in undone] == [one.id for one in reversed(made)]


def test_the_models_learn_in_the_background_and_the_sample_on_screen_stays(
    look: Look, serve: Serve, tmp_path: Path
) -> None:
    """Decide until a refit is due and taken over: what is on screen stays, what follows is in the new order."""
    dashboard = serve("digits")
    page = open_desk(look, dashboard)
    words = page.locator(".strip .learnt")
    assert words.inner_text() == "" and words.get_attribute("role") == "status"

    def decide() -> int:
        row = shown_row(page)
        # Not so of the random checks.
        takes_suggestion = page.locator(".desk .keys .row").inner_text().startswith("Enter")
        page.keyboard.press("Enter" if takes_suggestion else "k")
        until(page, lambda: shown_row(page) != row, "the next sample")
        saved(page)
        return row

    decided = [decide() for _ in range(26)]

    def shown() -> tuple[int, str, str | None]:
        picture = page.locator(".desk .one .frame img").first.get_attribute("src")
        # What the answers so far teach of labels with its score may change: that is an estimate, not its evidence.
        evidence = re.sub(r"likely wrong\n.*", "", page.locator(".desk .evidence").inner_text())
        return shown_row(page), evidence, picture

    before = shown()
    learnt = until(page, lambda: (now := ask(page, dashboard, "queue?limit=40"))["learnt"]["refits"] and now, "a refit")
    assert learnt["learnt"]["corrections"] >= 20 and not learnt["learnt"]["trouble"]
    assert shown() == before
    # The word comes with the answer to the next decision, and so does the new order.
    decided.append(decide())
    assert decided[-1] == before[0]
    expect(words).to_have_text(re.compile(r"^Ranking refitted after \d+ corrections$"))
    after_next = shown_row(page)
    decided.append(decide())
    order = [card["row"] for card in ask(page, dashboard, "queue?limit=12")["cards"]]
    assert shown_row(page) in order and after_next not in order
    decided += [decide() for _ in range(5)]
    assert len(set(decided)) == len(decided)
    page.keyboard.press("u")
    until(page, lambda: shown_row(page) == decided[-1], "the sample that was decided last")
    saved(page)
    assert len(standing(tmp_path / "digits.margin")) == len(decided) - 1


def test_why_explains_the_sample_on_screen_and_what_was_decided_about_others_like_it(look: Look, serve: Serve) -> None:
    """By key on the desk, by a button beside the map; the numbers are those of the route."""
    dashboard = serve("fashion")
    page = open_desk(look, dashboard)
    row = shown_row(page)
    near = [one["row"] for one in ask(page, dashboard, f"why/{row}")["neighbours"][:2]]
    for other in near:
        page.request.post(
            f"{dashboard.address}/margin/{study_key(page)}/decisions",
            data={"client": "other", "reviewer": "bo", "decisions": [
                {"seq": other + 1, "row": other, "verdict": "keep", "at": "2026-11-22T01:02:03Z"}
            ]},
            headers={"X-Margin": "1"},
        )  # fmt: skip
    page.keyboard.press("w")
    dialog = page.get_by_role("dialog", name="Why")
    expect(dialog.locator(".voices")).to_be_visible()
    why = ask(page, dashboard, f"why/{row}")
    assert {one["row"] for one in why["similar"]} >= set(near)
    expect(dialog.locator(".past li")).to_have_count(len(why["similar"]))
    expect(dialog).to_contain_text(f"{len(near)} similar samples")
    expect(dialog).to_contain_text(f"Suspicion {why['score']:.2f}: together")
    shares = dialog.locator(".voices .number").all_inner_texts()
    assert shares[0] == f"{round(100 * why['neighbours'][0]['share'])} %"
    assert complaints(page) == set()
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert shown_row(page) == row

    page.locator(".small-map").click()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{row}']")
    page.get_by_role("button", name="explain").click()
    expect(page.get_by_role("dialog", name="Why").locator(".voices")).to_be_visible()


@ON_DIGITS
def test_a_small_map_leads_to_the_map(look: Look, untouched: RunningDashboard, study: Known) -> None:
    page = open_desk(look, untouched)
    row = shown_row(page)
    page.locator(".small-map").click()
    page.wait_for_selector(f".panel[data-state=ready][data-row='{row}']")
    page.wait_for_selector(f".map[data-painted='{study.n}']")
    until(page, lambda: maps.is_ringed(page, row), "the ring on the map")


# ----- opening ---------------------------------------------------------------------------------------------------


def write_arrays(path: Path, n: int = 60) -> Path:
    """Write a data set of numbers that is opened in a few seconds."""
    random = np.random.default_rng(0)
    labels = np.arange(n) % 3
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, embedding=random.normal(size=(n, 4)) + 6 * np.eye(4)[labels], labels=labels, allow_pickle=False)
    return path


def write_pictures(folder: Path, n: int) -> Path:
    """Write a folder of pictures that takes a model a while."""
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8))
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(n):
            picture.save(folder / name / f"{number}.png")
    return folder


def open_from_page(page: Page, path: Path, model: str = "") -> None:
    field = page.get_by_role("combobox", name="Folder or file")
    field.click()
    field.fill(str(path))
    page.keyboard.press("Enter")
    if model:
        page.get_by_role("textbox", name="Model").fill(model)
        page.keyboard.press("Tab")
    page.get_by_test_id("stBaseButton-primaryFormSubmit").click()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="module")
def opener(
    prepared: dict[str, Path], root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDashboard]:
    """Serve a study beside which others may be opened below `root`."""
    folder = tmp_path_factory.mktemp("opener")
    shutil.copytree(prepared["digits"], folder / "w.margin")
    dashboard = RunningDashboard(BUNDLED / "digits", folder, "--workspace", folder / "w.margin", "--root", root)
    yield dashboard
    dashboard.stop()


def test_a_second_data_set_is_opened_below_a_root_and_nothing_outside(
    look: Look, opener: RunningDashboard, root: Path, tmp_path: Path
) -> None:
    inside, outside = write_arrays(root / "second.npz"), write_arrays(tmp_path / "elsewhere" / "third.npz")
    (root / "link.npz").symlink_to(outside)
    page = look(opener, "open")
    for path in (outside, root / "link.npz"):
        open_from_page(page, path)
        expect(page.get_by_test_id("stAlert")).to_contain_text(f"'{path}' lies outside the folders that may be opened")
        page.reload()
        settled(page)
    open_from_page(page, inside, "os.path:join")
    expect(page.get_by_test_id("stAlert")).to_contain_text("is Python code, which is only run when it is named on the")
    page.reload()
    settled(page)
    open_from_page(page, inside)
    expect(page.get_by_role("progressbar").or_(page.get_by_test_id("stMetric")).first).to_be_visible()
    page.get_by_test_id("stMetric").first.wait_for()
    assert metric(page, "Samples") == "60"
    expect(page.get_by_test_id("stSidebarUserContent").get_by_text("second")).to_be_visible()
    go(page, "Open")
    page.get_by_role("button", name="Show").first.click()
    expect(page.get_by_test_id("stMetric").first).to_contain_text("1,797")


def test_a_slow_source_shows_how_far_it_is_and_stops(look: Look, opener: RunningDashboard, root: Path) -> None:
    slow = write_pictures(root / "slow", 1500)
    page = look(opener, "open")
    open_from_page(page, slow)
    expect(page.get_by_text(re.compile("Embedding [0-9,]+ of 3,000 pictures"))).to_be_visible()
    page.goto(page.url.replace("/?", "/review?"))
    expect(page.get_by_role("heading", name="Opening")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped. What was finished is kept.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_source_that_fails_says_why_in_one_sentence(look: Look, opener: RunningDashboard, root: Path) -> None:
    pictures = write_pictures(root / "pictures", 5)
    (root / "wrong.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0not JSON at all.")
    page = look(opener, "open")
    open_from_page(page, pictures, f"resnet18:{root / 'wrong.safetensors'}")
    box = page.get_by_test_id("stAlert")
    expect(box).to_contain_text("wrong.safetensors")
    assert "Traceback" not in box.inner_text()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
