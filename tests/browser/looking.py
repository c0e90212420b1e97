"""What tests of the whole dashboard share: opening pages, waiting for them, reading them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Download, Page

from browser.running import RunningDashboard
from dashboard.views.base import View
from dashboard.views.open_source import wording as open_wording
from margin_core.audit.audit import Audit
from margin_core.review import Decision, ReviewStore, Verdict

WIDE, NARROW = (1440, 900), (1024, 768)
PATIENCE = 60_000
Serve = Callable[..., RunningDashboard]
Look = Callable[..., Page]


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


ON_DIGITS = pytest.mark.parametrize("untouched", ["digits"], indirect=True)
"""For what is the same whatever the study: one of them proves it."""


@dataclass
class Watched:
    """What a browser did that nobody asked it to do."""

    complaints: list[str]
    addresses: list[str]
    may_be_away: bool = False

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_expected(message):
            self.complaints.append(f"{message.text} ({message.location['url']})")

    def _is_expected(self, message: ConsoleMessage) -> bool:
        # An address such as /map may be a page or the folder that the whole dashboard lies in; Streamlit asks
        # below both and takes the one that answers.
        looked_for_its_folder = re.search(r"/[a-z-]+/_stcore/(health|host-config)$", message.location["url"])
        return bool(looked_for_its_folder) or self.may_be_away


def turn_to(page: Page, dashboard: RunningDashboard, path: str) -> None:
    page.goto(f"{dashboard.address}/{path}")
    wait_until_idle(page)


def wait_until_idle(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_selector("[data-testid=stMainBlockContainer] [data-testid=stElementContainer]", state="attached")


def go(page: Page, view: View) -> None:
    """Go to another view by the menu."""
    page.locator(".menu").get_by_role("link", name=view.title).click()


def until(page: Page, condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition of this process, letting the browser's events in meanwhile."""
    last = time.monotonic() + PATIENCE / 1000
    while not (found := condition()):
        assert time.monotonic() < last, f"waited in vain for {what}"
        page.wait_for_timeout(20)
    return found


def ask(page: Page, dashboard: RunningDashboard, path: str) -> Any:
    """Fetch a route, as the components of the page do."""
    answer = page.request.get(f"{dashboard.address}/margin/{study_key(page)}/{path}")
    assert answer.ok, answer.text()
    return answer.json()


def study_key(page: Page) -> str:
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    return next(found[1] for name in names if (found := re.search(r"/margin/([0-9a-f]+)/", name)))


def in_letters(markdown: str) -> str:
    """Return what a page shows of Markdown."""
    return markdown.replace("**", "").replace("\\", "")


def numbers_in(text: str) -> list[int]:
    """List the whole numbers of a sentence, in order."""
    return [int(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text)]


def with_numbers(*numbers: int) -> re.Pattern[str]:
    """Return what finds a text that has these numbers, in this order, and no other."""
    return re.compile(r"^\D*" + r"\D+".join(f"{number:,}" for number in numbers) + r"\D*$")


def any_numbers(markdown: str) -> re.Pattern[str]:
    """Return what finds a sentence, whatever its numbers are."""
    words = re.split(r"\d[\d.,]*(?<=\d)", in_letters(markdown))
    return re.compile(r"[\d.,]+".join(map(re.escape, words)))


def metric(page: Page, name: str) -> str:
    return page.get_by_test_id("stMetric").filter(has_text=name).get_by_test_id("stMetricValue").inner_text()


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
    """List what axe-core finds wrong, the moderate and the minor too.

    A link that skips to the content stands outside all landmarks, as it should; but axe-core knows one only by its
    place before the first other link, and does not see that where the links lie in a shadow tree.
    """
    found = Axe().run(page, options={"rules": {"region": {"enabled": False}}}).response["violations"]
    skip_link = {"exclude": [["[data-testid=stSkipToContent]"]]}
    found += Axe().run(page, context=skip_link, options={"runOnly": ["region"]}).response["violations"]
    return {f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]}


def open_review(look: Look, dashboard: RunningDashboard, **more: Any) -> Page:
    page = look(dashboard, "review", **more)
    page.wait_for_selector(".label-review[data-place=one]")
    return page


def shown_row(page: Page) -> int:
    return int(page.locator(".label-review").get_attribute("data-row") or -1)


def saved(page: Page) -> None:
    page.wait_for_selector(".connection[data-state=saved]")


def log(folder: Path) -> list[Decision]:
    with closing(ReviewStore(folder / "review.sqlite")) as store:
        return store.decisions()


def current_decisions(folder: Path) -> dict[str, tuple[Verdict, str | None]]:
    """Replay a log by hand: what holds for each sample."""
    decisions = log(folder)
    undone = {decision.undoes for decision in decisions}
    return {
        decision.sample_id: (decision.verdict, decision.new_label)
        for decision in decisions
        if decision.verdict is not Verdict.UNDO and decision.id not in undone
    }


def downloaded(page: Page, words: str, place: int, path: Path) -> Path:
    """Download a file that the page offers by these words."""
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


def open_from_page(page: Page, path: Path, model: str = "") -> None:
    field = page.get_by_role("combobox", name=open_wording.SOURCE)
    field.click()
    field.fill(str(path))
    page.keyboard.press("Enter")
    if model:
        page.get_by_role("textbox", name=open_wording.MODEL).fill(model)
        page.keyboard.press("Tab")
    page.get_by_test_id("stBaseButton-primaryFormSubmit").click()
