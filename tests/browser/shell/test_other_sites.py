"""What another site can do with the dashboard: link to its pages, and nothing else."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from browser.looking import Look, study_key
from browser.running import RunningDashboard
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, dict[str, str]]]:
    """Serve pages of another site: another port of this machine is one."""
    pages: dict[str, str] = {}

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    server.server_close()


def test_another_site_links_to_a_page_and_frames_or_downloads_nothing(
    look: Look, kept_running: object, elsewhere: tuple[str, dict[str, str]]
) -> None:
    running: RunningDashboard = kept_running("digits")  # type: ignore[operator]
    page = look(running)
    page.get_by_test_id("stMetric").first.wait_for()
    export = f"{running.address}/margin/{study_key(page)}/export/csv"
    site, pages = elsewhere
    pages["/"] = (
        f'<iframe src="{running.address}"></iframe><img src="{running.address}/margin/{study_key(page)}/picture/0">'
        f'<a id="page" href="{running.address}">a page</a><a id="export" href="{export}">an export</a>'
    )
    other: Page = page.context.new_page()
    other.goto(site)
    assert other.frames[1].url.startswith("chrome-error:")
    assert not other.evaluate("document.querySelector('img').naturalWidth")
    with other.expect_response(export) as answered:
        other.locator("#export").click()
    assert answered.value.status == 403
    other.goto(site)
    other.locator("#page").click()
    expect(other.get_by_test_id("stMetric").first).to_be_visible()
