"""An address without a page leads to the first one."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.server.unknown_page import LeadHome


async def everything(request):
    return PlainTextResponse("served")


@pytest.fixture
def browser():
    app = Starlette(
        routes=[Route("/{path:path}", everything, methods=["GET", "POST"])],
        middleware=[Middleware(LeadHome, paths=["map", "review"])],
    )
    return TestClient(app, headers={"Accept": "text/html,*/*"}, follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/map", "/review/", "/_stcore/health", "/margin/abc/report", "/favicon.png"])
def test_what_is_there_is_served(browser, path):
    assert browser.get(path).text == "served"


@pytest.mark.parametrize(
    ("asked", "there"),
    [("/nowhere", "/?unknown=nowhere"), ("/nowhere?study=1a", "/?study=1a&unknown=nowhere"),
     ("/a/b", "/?unknown=a%2Fb"), ("/é", "/?unknown=%C3%A9"), ("//evil", "/?unknown=evil")],
)  # fmt: skip
def test_a_page_that_is_not_there_leads_to_the_first_and_names_it(browser, asked, there):
    answer = browser.get(f"http://testserver{asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, there)


def test_only_a_browser_that_wants_a_page_is_led_on(browser):
    assert browser.get("/nowhere", headers={"Accept": "application/json"}).text == "served"
    assert browser.post("/nowhere").text == "served"
