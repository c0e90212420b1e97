"""The bundled studies, prepared once, and a real Chromium to look at them with."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from browser.components import Open, open_review
from browser.fake_server import FakeServer, serving
from browser.fake_study import FakeStudy
from browser.looking import PATIENCE, WIDE, Known, Look, Serve, Watched, turn_to
from browser.running import BUNDLED, CHROMIUM, FLAGS, RunningDashboard, margin, quiet_environment
from browser.windows import leave, open_context
from margin_core.audit.audit import audit, compute_map_positions
from margin_core.storage.workspace import Workspace
from margin_core.study import open_source

STUDIES = ("digits", "fashion")
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Where no graphics card is, one that is emulated for laying pages together takes a third of all time.
    flags = [*FLAGS, "--disable-gpu-compositing"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> dict[str, Path]:
    """Prepare both studies at the same time, once for all workers; the tests work on copies."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "prepared"
    workspaces = {name: folder / f"{name}.margin" for name in STUDIES}
    with FileLock(f"{folder}.lock"):
        if not (done := folder / "done").exists():
            _prepare(workspaces)
            done.touch()
    return workspaces


def _prepare(workspaces: dict[str, Path]) -> None:
    processes = [
        subprocess.Popen(
            margin("prepare", BUNDLED / name, "--workspace", workspace),
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=quiet_environment(), text=True,
        )
        for name, workspace in workspaces.items()
    ]  # fmt: skip
    for process in processes:
        _, output = process.communicate()
        assert process.returncode == 0, output


@pytest.fixture
def serve(prepared: dict[str, Path], tmp_path: Path) -> Iterator[Callable[..., RunningDashboard]]:
    """Serve a bundled study from a workspace of this test's own."""
    running: list[RunningDashboard] = []

    def serving(name: str = "digits", *options: str | Path) -> RunningDashboard:
        workspace = tmp_path / f"{name}.margin"
        shutil.copytree(prepared[name], workspace)
        running.append(RunningDashboard(BUNDLED / name, tmp_path, "--workspace", workspace, *options))
        return running[-1]

    yield serving
    for dashboard in running:
        dashboard.stop()


# ----- the whole dashboard


@pytest.fixture(scope="package")
def known(prepared: dict[str, Path]) -> dict[str, Known]:
    found = {}
    for name, folder in prepared.items():
        audited = audit(open_source(BUNDLED / name, workspace=Workspace.at(folder, may_compute=False)))
        found[name] = Known(audited, np.asarray(compute_map_positions(audited)))
    return found


@pytest.fixture(scope="package")
def kept_running(
    prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], RunningDashboard]]:
    """Serve each study once for all tests that decide nothing, from when the first asks for it."""
    running: dict[str, RunningDashboard] = {}

    def serving(name: str) -> RunningDashboard:
        if name not in running:
            folder = tmp_path_factory.mktemp(name)
            shutil.copytree(prepared[name], folder / "w.margin")
            running[name] = RunningDashboard(BUNDLED / name, folder, "--workspace", folder / "w.margin")
        return running[name]

    yield serving
    for dashboard in running.values():
        dashboard.stop()


@pytest.fixture(params=STUDIES)
def untouched(request: pytest.FixtureRequest, kept_running: Callable[[str], RunningDashboard]) -> RunningDashboard:
    """A study for the tests that decide nothing."""
    return kept_running(request.param)


@pytest.fixture
def study(untouched: RunningDashboard, known: dict[str, Known]) -> Known:
    return known[untouched.source.name]


@pytest.fixture
def watched() -> Watched:
    return Watched([], [])


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One browser a theme for all tests: what a server never changes is fetched from it once."""
    opened: dict[str, BrowserContext] = {}
    for theme in ("light", "dark"):
        opened[theme] = open_context(browser, *WIDE, color_scheme=theme)
        opened[theme].set_default_timeout(PATIENCE)
        opened[theme].new_page()
    yield opened
    for context in opened.values():
        context.close()


@pytest.fixture
def look(contexts: dict[str, BrowserContext], watched: Watched, serve: Serve) -> Iterator[Look]:
    """Open a page; every error in the console and every request to another machine fails the test.

    The first window of a theme is there for all tests. Pages are left before the servers of `serve` stop.
    """
    listeners: dict[Any, Callable[[Any], None]] = {
        "console": watched.on_console,
        "pageerror": lambda error: watched.complaints.append(str(error)),
        "request": lambda request: watched.addresses.append(request.url),
        "websocket": lambda socket: watched.addresses.append(socket.url),
    }
    waiting = {theme: context.pages[0] for theme, context in contexts.items()}
    used: list[Page] = []

    def looking(dashboard: RunningDashboard, path: str = "", *, theme: str = "light") -> Page:
        page = waiting.pop(theme, None) or contexts[theme].new_page()
        used.append(page)
        for event, ear in listeners.items():
            page.on(event, ear)
        turn_to(page, dashboard, path)
        return page

    yield looking
    for context in contexts.values():
        first, *others = context.pages
        for page in others:
            page.close()
        if first in used:
            leave(first, *WIDE)
            for event, ear in listeners.items():
                first.remove_listener(event, ear)
    assert watched.complaints == []
    away = {urlsplit(url).hostname for url in watched.addresses if not url.startswith(("data:", "blob:"))}
    assert away <= {"127.0.0.1"}


# ----- single components


@pytest.fixture(scope="package")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests, so that the pictures of the samples stay in its cache."""
    opened = open_context(browser, *WIDE)
    opened.set_default_timeout(PATIENCE)
    opened.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def running() -> Iterator[FakeServer]:
    with serving(FakeStudy(n=1_797, suspects=108)) as server:
        yield server


@pytest.fixture
def fake() -> FakeStudy:
    return FakeStudy(n=1_797, suspects=108)


@pytest.fixture
def server(running: FakeServer, fake: FakeStudy) -> FakeServer:
    running.study = fake
    if not running.thread.is_alive():  # A test that failed may have left it stopped.
        running.start()
    return running


@pytest.fixture
def open_page(context: BrowserContext, server: FakeServer) -> Iterator[Open]:
    """Open a component; whatever the page throws fails the test.

    The first window is there for all tests; what runs `before` a page has one of its own.
    """
    thrown: list[str] = []
    waiting = context.pages[:1]

    def on_error(error: Error) -> None:
        thrown.append(str(error))

    def opened(component: str, before: str = "", **data: Any) -> Page:
        page = context.new_page() if before or not waiting else waiting.pop()
        page.on("pageerror", on_error)
        if before:
            page.add_init_script(before)
        page.goto(server.page(component, **data))
        page.wait_for_selector("[data-mounted]", state="attached")
        return page

    yield opened
    first, *others = context.pages
    for page in [*others, *([] if waiting else [first])]:
        page.route("**/decisions*", lambda route: route.abort())
        page.evaluate("localStorage.clear()")
    for page in others:
        page.close()
    if not waiting:
        leave(first, *WIDE)
        first.remove_listener("pageerror", on_error)
    assert thrown == []


@pytest.fixture
def review(open_page: Open) -> Page:
    return open_review(open_page)
