"""The toy view of docs/howto/own-task.md, added to a copy of the program: in the menu, on its page, on the map."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from toy import with_the_toy

from browser.looking import PATIENCE, Look, ask, complaints, in_letters, wait_until_idle
from browser.running import BUNDLED, RunningDashboard
from dashboard.views.map import wording

pytestmark = pytest.mark.browser


def test_a_view_that_was_added_is_found_and_opens(look: Look, prepared: dict[str, Path], tmp_path: Path) -> None:
    program = with_the_toy(tmp_path / "program")
    workspace = tmp_path / "digits.margin"
    shutil.copytree(prepared["digits"], workspace)
    dashboard = RunningDashboard(BUNDLED / "digits", tmp_path, "--workspace", workspace, program=program)
    try:
        page = look(dashboard)
        page.locator(".menu").get_by_role("link", name="Toy").click()
        expect(page.get_by_role("heading", name="Toy")).to_be_visible()
        # It is computed in the background first.
        expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)
        wait_until_idle(page)
        assert complaints(page) == set()
        page.get_by_role("button", name="Show them on the map").click()
        expect(page.get_by_text(in_letters(wording.selected(10, "ranked first by the toy")))).to_be_visible(
            timeout=PATIENCE
        )
        page.get_by_role("combobox", name=wording.COLOR).click()
        page.get_by_role("option", name=wording.colored_by("toy score")).click()
        page.wait_for_selector(".map[data-shown^='channel/toy']")
        expect(page.locator(".legend .title")).to_have_text("toy score")
        assert len(ask(page, dashboard, "toy?first=3")["ids"]) == 3
        page.goto("about:blank")
    finally:
        dashboard.stop()
