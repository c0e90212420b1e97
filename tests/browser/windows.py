"""A window that many tests look through, one after the other."""

from playwright.sync_api import Page


def leave(page: Page, width: int, height: int) -> None:
    """Empty a window for the next test; a new one would compile every script again."""
    page.unroute_all(behavior="ignoreErrors")
    page.evaluate("location.replace('about:blank')")
    page.wait_for_url("about:blank")
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": width, "height": height})
