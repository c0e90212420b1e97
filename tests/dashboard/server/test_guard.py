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


async def talk(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@pytest.fixture
def client():
    app = Starlette(
        routes=[Route("/", page, methods=["GET", "POST"]), WebSocketRoute("/talk", talk)],
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
