"""Windows that many tests look through, one after the other."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page


def open_context(browser: Browser, width: int, height: int, **more: Any) -> BrowserContext:
    """Open a browser that stands in the same place whatever this machine's: what it shows of a time is in one zone."""
    return browser.new_context(
        viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Etc/UTC", **more
    )


def leave(page: Page, width: int, height: int) -> None:
    """Empty a window for the next test; a new one would compile every script again."""
    page.unroute_all(behavior="ignoreErrors")
    if page.url != "about:blank":
        # Waiting for the address alone could end before the window has turned to it, and meet the next test.
        with page.expect_navigation(url="about:blank"):
            page.evaluate("location.replace('about:blank')")
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": width, "height": height})
