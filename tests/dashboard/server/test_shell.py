import threading

import anyio
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from dashboard.server import shell
from dashboard.server.moved import MOVED
from dashboard.server.shell import PROGRAM, Shell
from dashboard.views import VIEWS
from margin_core.errors import SourceError

PAGES = ("/", "/review", "/map", "/benchmark")
SCRIPT = next((PROGRAM / "static" / "js").iterdir())


class Slow:
    """An application that is there when the test says so."""

    def __init__(self):
        self.there = threading.Event()
        self.lived = []

    def load(self):
        assert self.there.wait(60)
        return self.app

    async def app(self, scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = (await receive())["type"]
                self.lived.append(message)
                await send({"type": f"{message}.complete"})
                if message == "lifespan.shutdown":
                    return
        await PlainTextResponse(f"application at {scope['path']}")(scope, receive, send)


@pytest.fixture
def slow():
    slow = Slow()
    yield slow
    slow.there.set()


@pytest.fixture
def client(slow):
    with TestClient(Shell(slow.load, lambda: None), base_url="http://127.0.0.1") as client:
        yield client
        slow.there.set()


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_there_before_the_application(client, path):
    answer = client.get(path)
    assert answer.content == (PROGRAM / "index.html").read_bytes()
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_a_bookmark_of_an_earlier_release_leads_on_before_the_application_is_there(client, old, new):
    for address in (f"/{old}", f"/{old}/"):
        answer = client.get(f"{address}?study=3f%2F1&row=7", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (301, f"/{new}?study=3f%2F1&row=7")
    assert client.get(f"/{old}", follow_redirects=False).headers["location"] == f"/{new}"
    assert client.get(f"/{old}").content == (PROGRAM / "index.html").read_bytes()


def test_pages_that_moved_are_pages_no_more_and_lead_to_some():
    paths = {view.path for view in VIEWS}
    assert set(MOVED.values()) <= paths and not set(MOVED) & paths


def test_below_a_page_there_is_no_server_to_wait_for(client):
    """Streamlit's page asks there first, and waits a tenth of a second before it asks elsewhere."""
    assert client.get("/review/_stcore/health").status_code == 404


def test_its_program_is_there_too_and_may_be_kept(client):
    answer = client.get(f"/static/js/{SCRIPT.name}")
    assert answer.content == SCRIPT.read_bytes()
    assert "immutable" in answer.headers["cache-control"]


def test_afterwards_everything_comes_from_the_application(client, slow):
    slow.there.set()
    assert client.get("/_stcore/health").text == "application at /_stcore/health"
    assert [client.get(path).text for path in PAGES] == [f"application at {path}" for path in PAGES]


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/health", "/margin/0/points", "/static/../index.html", "/static//etc/passwd", "/static/js/none.js",
        "/static/%2e%2e/%2e%2e/__init__.py", "/favicon.png",
    ],
)  # fmt: skip
def test_whatever_is_no_part_of_the_frame_waits(client, slow, path):
    answers = []
    asking = threading.Thread(target=lambda: answers.append(client.get(path).text))
    asking.start()
    client.get("/")  # By now the first question has long been asked, too.
    assert answers == []
    slow.there.set()
    asking.join(60)
    assert answers[0].startswith("application at ")


def test_other_sites_are_refused_early_too(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/", headers={"Origin": "http://evil.example"}).status_code == 403


def test_the_application_starts_and_ends_with_the_server(slow):
    slow.there.set()
    with TestClient(Shell(slow.load, lambda: None), base_url="http://127.0.0.1") as client:
        client.get("/_stcore/health")
        assert slow.lived == ["lifespan.startup"]
    assert slow.lived == ["lifespan.startup", "lifespan.shutdown"]


def test_what_cannot_be_loaded_ends_the_server():
    def load():
        raise SourceError("There is nothing at 'nowhere'. Check the path.")

    stopped = threading.Event()
    served = Shell(load, stopped.set)
    with TestClient(served):
        assert stopped.wait(60)
    assert isinstance(served.failure, SourceError)


def test_the_frame_is_the_one_that_streamlit_serves():
    """Whoever asks early and whoever asks late must be given the same page."""
    from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

    handler = create_streamlit_static_handler(str(PROGRAM), "")
    later = TestClient(handler)
    for path in ("/", "/review", f"/static/js/{SCRIPT.name}"):
        early = _fetched(shell.early_answer(path))
        assert early.content == later.get(path).content
        assert ("no-cache" in early.headers["cache-control"]) == (
            "no-cache" in later.get(path).headers["cache-control"]
        )


def _fetched(app):
    return TestClient(app).get("/")


def test_nothing_is_asked_of_an_application_that_never_came():
    """A browser that waits when loading fails is let go."""

    async def run():
        served = Shell(lambda: (_ for _ in ()).throw(SourceError("no")), lambda: None)
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        sent = []

        async def receive():
            return next(messages)

        async def send(message):
            sent.append(message["type"])

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(served, {"type": "lifespan"}, receive, send)
            await served({"type": "http", "path": "/_stcore/health"}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    anyio.run(run)
