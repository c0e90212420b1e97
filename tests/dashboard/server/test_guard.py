import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.server.guard import Guard

OURS = "http://localhost:8501"


async def page(request):
    return PlainTextResponse("hello")


async def sealed(request):
    return PlainTextResponse("report", headers={"Content-Security-Policy": "sandbox"})


async def talk(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@pytest.fixture
def client():
    app = Starlette(
        routes=[
            Route("/", page, methods=["GET", "POST"]),
            WebSocketRoute("/talk", talk),
            Route("/margin/key/export/csv", page),
            Route("/margin/key/report", sealed),
        ],
        middleware=[Middleware(Guard, hosts=["", "lab.example"])],
    )
    return TestClient(app, base_url=OURS)


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "lab.example:80"])
def test_this_machine_and_declared_hosts_are_answered(client, host):
    assert client.get("/", headers={"host": host}).text == "hello"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example", "[::2]:8501", "", "["],
)
def test_a_foreign_host_is_refused(client, host):
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert answer.text == "This dashboard answers on this machine only. Name other hosts with margin open --host."


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://localhost:9999",
        "http://localhost",
        "null",
        "http://[",
        "http://evil.example@localhost:8501",
    ],
)
def test_another_site_is_refused(client, origin):
    assert client.post("/", headers={"origin": origin}).status_code == 403


def test_our_own_pages_are_answered(client):
    assert client.post("/", headers={"origin": OURS}).text == "hello"


def test_a_websocket_is_opened_for_our_own_pages(client):
    with client.websocket_connect("/talk", headers={"host": "localhost:8501", "origin": OURS}) as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8501", "origin": "http://evil.example"},
        {"host": "evil.example", "origin": "http://evil.example"},
    ],
)
def test_a_websocket_is_refused_to_another_site(client, headers):
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/talk", headers=headers):
        raise AssertionError("it was opened")
    assert refused.value.code == 1008


def of(site, mode="navigate", dest="document"):
    return {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_elsewhere_leads_to_a_page_and_to_no_data(client, site):
    assert client.get("/", headers=of(site)).text == "hello"
    assert client.get("/margin/key/export/csv", headers=of(site)).status_code == 403
    assert client.get("/", headers=of(site, dest="iframe")).status_code == 403
    assert client.get("/", headers=of(site, "no-cors", "image")).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_dashboard_itself_and_a_typed_address_get_everything(client, site):
    assert client.get("/margin/key/export/csv", headers=of(site)).text == "hello"
    assert client.get("/margin/key/export/csv", headers=of(site, "cors", "empty")).text == "hello"


def test_an_origin_of_another_scheme_is_another_site(client):
    assert client.post("/", headers={"origin": "https://localhost:8501"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/margin/key/export/csv", "/nowhere"])
def test_no_answer_is_framed_sniffed_or_handed_to_another_site(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == headers["referrer-policy"] == "same-origin"
    assert client.get("/", headers={"host": "evil.example"}).headers["x-content-type-options"] == "nosniff"


def test_what_has_a_policy_of_its_own_is_framed_by_the_dashboard_alone(client):
    assert client.get("/margin/key/report").headers["content-security-policy"] == "sandbox; frame-ancestors 'self'"
