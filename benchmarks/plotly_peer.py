"""The same points by `st.plotly_chart`, served and measured the same way."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from serving import ROOT, free_port, quiet_environment
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

VISITS = 3
PATIENCE = 90_000

APP = """
import streamlit as st
app = st.App({page!r})
"""

LOOK = """() => {
  const small = Object.assign(document.createElement("canvas"), { width: 200, height: 100 });
  const paint = small.getContext("2d", { willReadFrequently: true });
  window.plotlyPainted = new Promise((done) => {
    const timer = setInterval(() => {
      const all = [...document.querySelectorAll(".js-plotly-plot canvas")];
      const canvases = all.filter((one) => one.width * one.height > 0);
      paint.clearRect(0, 0, 200, 100);
      for (const one of canvases) paint.drawImage(one, 0, 0, 200, 100);
      if (!new Uint32Array(paint.getImageData(0, 0, 200, 100).data.buffer).some((pixel) => pixel !== 0)) return;
      clearInterval(timer);
      done(marginNotes.clock());
    }, 30);
  });
}"""


@dataclass
class Plotly:
    """Seconds to paint, seconds from mouse-up to the page's answer, kilobytes sent."""

    painted: list[float] = field(default_factory=list)
    lasso: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)


def measure_plotly(
    browser: Browser, points: NDArray[np.float32], labels: NDArray[np.int64], folder: Path, probe: Path
) -> Plotly:
    """Serve a page with the chart, visit it, and draw a lasso."""
    np.savez(folder / "points.npz", points=points, labels=labels.astype(np.uint8))
    (folder / "plotly_app.py").write_text(APP.format(page=str(Path(__file__).with_name("plotly_page.py"))))
    port = free_port()
    # From the repository, so that Streamlit reads the same settings as the dashboard.
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "--app-dir", str(folder), "plotly_app:app", "--port", str(port)],
        cwd=ROOT, env=quiet_environment() | {"MARGIN_BENCHMARK_POINTS": str(folder / "points.npz")},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    found = Plotly()
    try:
        _wait_for(port)
        for _ in range(VISITS):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.set_default_timeout(PATIENCE)
            context.add_init_script(path=probe)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
            page.evaluate(LOOK)
            painted = page.evaluate("window.plotlyPainted")
            started = _started(page)
            found.painted.append((painted - started) / 1000)
            page.wait_for_timeout(3000)
            _lasso(page, found)
            context.close()
    finally:
        server.kill()
        server.wait()
    return found


def _started(page: Page) -> float:
    for one in page.evaluate("marginNotes.all()"):
        if one["what"] == "in" and one["message"]:
            message = ForwardMsg.FromString(base64.b64decode(one["message"]))
            if message.WhichOneof("type") == "new_session":
                return float(one["at"])
    raise RuntimeError("The page was sent no script.")


def _lasso(page: Page, found: Plotly) -> None:
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box
    middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    angles = np.linspace(0, 2 * np.pi, 13)
    path = middle + 120 * np.column_stack([np.cos(angles), np.sin(angles)])
    page.mouse.move(*map(float, path[0]))
    page.mouse.down()
    for at in path[1:]:
        page.mouse.move(*map(float, at))
    start = float(page.evaluate("marginNotes.clock()"))
    page.mouse.up()
    page.wait_for_function("!document.body.innerText.includes('\\n0 points selected')"
                           " && /[1-9]\\d* points selected/.test(document.body.innerText)", polling=30)  # fmt: skip
    end = float(page.evaluate("marginNotes.clock()"))
    since = page.evaluate("(at) => marginNotes.since(at)", start)
    up = next((one["at"] for one in since if one["what"] == "pointerup"), start)
    found.lasso.append((end - up) / 1000)
    found.sent.append(sum(one["bytes"] for one in since if one["what"] == "out") / 1000)


def _wait_for(port: int) -> None:
    import http.client

    last = time.monotonic() + 60
    while time.monotonic() < last:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The peer's server did not start.")
