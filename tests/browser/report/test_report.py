"""The report in a real Chromium: the page that makes it, and the file without a server."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from browser.looking import Look, Serve, complaints, go, wait_until_idle, wider_than_the_screen
from browser.running import margin, quiet_environment
from playwright.sync_api import Browser, expect

from dashboard.views.report import REPORT, wording

pytestmark = pytest.mark.browser

HOSTILE = ("<script>document.title='run'</script>", "\"><img src=x onerror=document.title='run'>", "gpj.\u202eexe")


def write_pictures(path: Path) -> Path:
    """Write 90 pictures of three classes with hostile names, some with a wrong label."""
    random = np.random.default_rng(0)
    truth = np.repeat(np.arange(3), 30)
    labels = truth.copy()
    labels[::9] = (labels[::9] + 1) % 3
    np.savez(
        path,
        inputs=random.integers(0, 256, (90, 96, 128, 3), dtype=np.uint8),
        embedding=random.normal(size=(90, 4)) + 8 * np.eye(3, 4)[truth],
        labels=labels,
        class_names=np.array(HOSTILE),
        ids=np.array([f"<b onclick=alert({number})>" for number in range(90)]),
    )
    return path


def test_the_file_asks_for_nothing_and_shows_its_pictures(browser: Browser, tmp_path: Path) -> None:
    source, path = write_pictures(tmp_path / "pets.npz"), tmp_path / "report.html"
    command = margin("audit", source, "--task", "label_flips", "--task", "prototypes", "--out", tmp_path / "out",
                     "--report", path)  # fmt: skip
    subprocess.run(command, env=quiet_environment(), check=True, stdout=subprocess.DEVNULL)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.goto(path.as_uri())
    assert [address for address in asked if not address.startswith("data:image/")] == [path.as_uri()]
    assert messages == []
    assert page.title() == "pets – audit report"
    pictures = page.locator("#label_flips img")
    assert pictures.count() == 10
    assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    box = pictures.first.bounding_box()
    assert box is not None and min(box["width"], box["height"]) > 60
    expect(page.locator("#label_flips h4").filter(has_text=HOSTILE[0]).first).to_be_visible()
    expect(page.locator("#data svg").first).to_be_visible()
    assert complaints(page) == set()
    for width in (1440, 700, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("nav")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()


def test_a_report_is_made_by_the_page_looked_at_and_saved(look: Look, serve: Serve) -> None:
    dashboard = serve("digits")
    page = look(dashboard)
    go(page, REPORT)
    expect(page.get_by_role("heading", name=wording.CONTENTS)).to_be_visible()
    page.get_by_role("button", name=wording.MAKE).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(wording.since(0))).to_be_visible()
    wait_until_idle(page)
    for theme in ("light", "dark"):
        shown = look(dashboard, "report", theme=theme)
        expect(shown.get_by_role("link", name=wording.OPEN)).to_be_visible()
        wait_until_idle(shown)
        expect(shown.frame_locator("iframe").get_by_role("heading", name="Digits")).to_be_visible()
        assert complaints(shown) == set()
        shown.screenshot(path=dashboard.folder / f"report-{theme}.png")
    assert wider_than_the_screen(page) == []
    with page.expect_popup() as opening:
        page.get_by_role("link", name=wording.OPEN).click()
    report = opening.value
    expect(report.get_by_role("heading", name="Digits")).to_be_visible()
    assert report.locator("#label_flips img").count() == 100
    report.get_by_role("link", name="Decisions").click()
    expect(report.get_by_text("Nobody has decided on a sample yet.")).to_be_in_viewport()
    with page.expect_download() as saving:
        page.get_by_role("link", name=wording.DOWNLOAD).click()
    assert saving.value.suggested_filename.endswith("-report.html")
    assert "<!doctype html>" in Path(saving.value.path()).read_text(encoding="utf-8")
