// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Viewport } from "../../../../dashboard/views/map/viewport.js";
import { assertNear, present } from "../../assertions.js";
import { randomFrom } from "../../fake_browser.js";

function openView(width = 800, height = 600) {
  return Object.assign(new Viewport(() => {}), { width, height });
}

test("the whole map is in the middle and fits the shorter side", () => {
  const view = openView();
  assert.deepEqual(view.toScreen(0, 0), [400, 300]);
  for (const [x, y] of [[-1, -1], [1, -1], [-1, 1], [1, 1]]) {
    const [left, top] = view.toScreen(x, y);
    assert.ok(left > 0 && left < 800 && top > 0 && top < 600);
  }
});

test("up on the map is up on screen", () => {
  const view = openView();
  assert.ok(view.toScreen(0, 0.5)[1] < view.toScreen(0, -0.5)[1]);
});

test("screen and map are each other's inverse wherever the view is", () => {
  const random = randomFrom(3);
  const view = openView();
  for (let turn = 0; turn < 200; turn += 1) {
    view.look(random(300) / 100 - 1.5, random(300) / 100 - 1.5, 0.5 + random(1000) / 10);
    /** @type {[left: number, top: number]} */
    const at = [random(800), random(600)];
    assertNear(view.toScreen(...view.toData(...at)), at);
  }
});

test("the place under the pointer stays there while it is zoomed", () => {
  const random = randomFrom(4);
  const view = openView();
  for (let turn = 0; turn < 60; turn += 1) {
    view.reset();
    /** @type {[left: number, top: number]} */
    const at = [300 + random(200), 200 + random(200)];
    const before = view.toData(...at);
    view.zoomBy(random(2) ? 1.3 : 1 / 1.3, ...at);
    assertNear(view.toData(...at), before, "zoomed:");
  }
});

test("zoom and place have bounds", () => {
  const view = openView();
  for (let turn = 0; turn < 100; turn += 1) view.zoomBy(2);
  assert.equal(view.zoom, 4000);
  for (let turn = 0; turn < 100; turn += 1) view.zoomBy(0.5);
  assert.equal(view.zoom, 0.5);
  view.panBy(1e9, -1e9);
  assert.deepEqual([view.x, view.y], [-1.5, -1.5]);
});

test("panning by pixels moves the map by as many pixels", () => {
  const view = openView();
  const before = view.toScreen(0.2, 0.1);
  view.panBy(30, -20);
  assertNear(view.toScreen(0.2, 0.1), [before[0] + 30, before[1] - 20]);
});

test("a point that is on screen is left where it is; another is brought to the middle", () => {
  const view = openView();
  view.bringIn(0.2, 0.2);
  assert.deepEqual([view.x, view.y], [0, 0]);
  view.zoomBy(8);
  view.bringIn(0.9, 0.9);
  assert.deepEqual([view.x, view.y], [0.9, 0.9]);
});

test("points are smaller the more there are, and never vanish", () => {
  const view = openView();
  const sizes = [10, 1_000, 100_000, 1_000_000].map((n) => view.pointSize(n));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
  assert.ok(present(sizes.at(-1)) >= 1.2);
});
