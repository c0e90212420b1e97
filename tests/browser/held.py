"""Answers that come when a test says so, in whatever order: what a slow machine does by accident, done on purpose."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from browser.fake_server import STUDY

_SCRIPT = """
window.held = [];
{
  const send = window.fetch;
  window.fetch = (url, options = {}) => {
    if (!PARTS.some((part) => String(url).includes(part))) return send(url, options);
    return new Promise((begin, fail) => {
      const one = { path: String(url), begin };
      one.body = new Promise((end) => { one.end = end; });
      window.held.push(one);
      options.signal?.addEventListener("abort", () => fail(options.signal.reason));
    });
  };
}
window.letCome = async (path, body) => {
  const one = window.held.find((one) => one.path.includes(path));
  const text = async () => (await one.body, typeof body === "string" ? body : JSON.stringify(body));
  const arrayBuffer = async () => (await one.body, Uint8Array.from(body).buffer);
  one.begin({ ok: true, status: 200, text, json: async () => JSON.parse(await text()), arrayBuffer });
  await new Promise((go) => { setTimeout(go, 1); });
};
"""


def holding(*parts: str) -> str:
    """Return a script that runs before a page: what is asked for below these addresses of the study waits."""
    return _SCRIPT.replace("PARTS", json.dumps([f"/margin/{STUDY}/{part}" for part in parts]))


def wait_until_asked(page: Page, path: str) -> None:
    page.wait_for_function("(path) => window.held.some((one) => one.path.includes(path))", arg=path)


def is_asked(page: Page, path: str) -> bool:
    return bool(page.evaluate("(path) => window.held.some((one) => one.path.includes(path))", path))


def begin(page: Page, path: str, body: Any) -> None:
    """Release the head of the oldest answer below an address; its body comes with `answer`."""
    wait_until_asked(page, path)
    page.evaluate("([path, body]) => window.letCome(path, body)", [path, body])


def answer(page: Page, path: str, body: Any) -> None:
    """Release the oldest answer below an address, and wait for all that follows from it."""
    begin(page, path, body)
    page.evaluate(
        """async (path) => {
          const one = window.held.find((one) => one.path.includes(path));
          window.held = window.held.filter((other) => other !== one);
          one.end();
          await new Promise((go) => { setTimeout(go, 1); });
        }""",
        path,
    )
