// @ts-check
/** @import { ZoomState } from "../../dashboard/views/label_review/zoom_state.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { chordsOf, placeOnAxis, placeOnCircle } from "../../dashboard/views/decision_boundary/geometry.js";
import { boxBetween, extendLasso, hasArea } from "../../dashboard/views/map/outline.js";
import { PointIndex } from "../../dashboard/views/map/point_index.js";
import { Viewport } from "../../dashboard/views/map/viewport.js";
import { moved, nextZoom, WHOLE, zoomed } from "../../dashboard/views/label_review/zoom_state.js";
import { present, randomFrom } from "./fake_browser.js";
import { classContact } from "./payloads.js";

/**
 * @param {readonly number[]} found
 * @param {readonly number[]} wanted
 * @param {string} [what]
 */
function near(found, wanted, what) {
  found.forEach((value, axis) => assert.ok(Math.abs(value - wanted[axis]) < 1e-6, `${what ?? ""} ${found} is not ${wanted}`));
}

function openView(width = 800, height = 600) {
  return Object.assign(new Viewport(() => {}), { width, height });
}

/* ----- which part of the map is on screen ----- */

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
    near(view.toScreen(...view.toData(...at)), at);
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
    near(view.toData(...at), before, "zoomed:");
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
  near(view.toScreen(0.2, 0.1), [before[0] + 30, before[1] - 20]);
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

/* ----- what is drawn around samples ----- */

test("a lasso follows the pointer, but not a hand that only trembles", () => {
  /** @type {[left: number, top: number][]} */
  const path = [[10, 10]];
  for (const at of /** @type {const} */ ([[11, 11], [10, 11], [12, 10], [12, 11], [12, 12]])) extendLasso(path, [...at]);
  assert.deepEqual(path, [[10, 10], [12, 10], [12, 12]]);
});

test("a box is the same whichever corner it is drawn from, and goes around", () => {
  const corners = [[10, 20], [30, 20], [30, 50], [10, 50]];
  assert.deepEqual(boxBetween([10, 20], [30, 50]), corners);
  for (const [start, at] of /** @type {const} */ ([[[30, 50], [10, 20]], [[10, 50], [30, 20]]])) {
    assert.deepEqual(boxBetween([...start], [...at]).sort((a, b) => a[1] - b[1] || a[0] - b[0]), [corners[0], corners[1], corners[3], corners[2]]);
  }
});

test("less than three corners hold nothing", () => {
  const box = boxBetween([0, 0], [1, 1]);
  assert.deepEqual([0, 1, 2, 3, 4].map((corners) => hasArea(box.slice(0, corners))), [false, false, false, true, true]);
});

/* ----- which point is near ----- */

test("the grid finds what looking at every point finds", () => {
  const random = randomFrom(5);
  for (const n of [1, 2, 10, 1_000]) {
    const points = Float32Array.from({ length: 2 * n }, () => random(2001) / 1000 - 1);
    const index = new PointIndex(points);
    for (let turn = 0; turn < 100; turn += 1) {
      /** @type {[x: number, y: number]} */
      const at = [random(2400) / 1000 - 1.2, random(2400) / 1000 - 1.2];
      const reach = random(100) / 200;
      /** @param {number} row */
      const far = (row) => (points[2 * row] - at[0]) ** 2 + (points[2 * row + 1] - at[1]) ** 2;
      const best = Array.from({ length: n }, (_, row) => row).filter((row) => far(row) < reach * reach).sort((a, b) => far(a) - far(b))[0];
      const found = index.nearest(at, reach, null);
      if (best === undefined) assert.equal(found, -1);
      else assert.equal(far(found), far(best));
    }
  }
});

test("a point that is grayed out is found only where no other is near", () => {
  const index = new PointIndex(Float32Array.of(0, 0, 0.02, 0));
  assert.equal(index.nearest([0, 0], 0.1, Uint8Array.of(0, 1)), 1);
  assert.equal(index.nearest([0, 0], 0.01, Uint8Array.of(0, 1)), 0);
  assert.equal(index.nearest([0.5, 0.5], 0.1, null), -1);
});

test("no points are no trouble", () => {
  assert.equal(new PointIndex(new Float32Array(0)).nearest([0, 0], 1, null), -1);
});

/* ----- between two classes ----- */

test("the axis runs from sure of the first class to sure of the second", () => {
  assert.deepEqual([1, 0, -1].map(placeOnAxis), [0, 50, 100]);
});

test("classes lie on a circle, the first at the top, the others clockwise", () => {
  near(placeOnCircle(0, 4, 10), [0, -10]);
  near(placeOnCircle(1, 4, 10), [10, 0]);
  near(placeOnCircle(2, 4, 10), [0, 10]);
});

test("two classes that touch are joined, the broadest last", () => {
  const pairs = [classContact({ pair: [0, 1], contact: 0.4 }), classContact({ pair: [0, 2], contact: 0.1 })];
  const chords = chordsOf({ pairs, classes: [0, 1, 2] });
  assert.deepEqual(chords.map(({ one }) => one.pair), [[0, 2], [0, 1]]);
  assert.deepEqual(chords.map(({ breadth }) => breadth), [3.5, 7]);
});

test("a pair with a class that has no place among so many is left out, and the others are there", () => {
  const pairs = [classContact({ pair: [0, 17], contact: 0.4 }), classContact({ pair: [0, 1], contact: 0.1 })];
  assert.deepEqual(chordsOf({ pairs, classes: [0, 1] }).map(({ one }) => one.pair), [[0, 1]]);
});

/* ----- looking closer ----- */

test("a picture is never moved beyond its edge", () => {
  const whole = moved({ scale: 1, x: 0.3, y: -0.3 });
  near([whole.scale, whole.x, whole.y], [1, 0, 0]);
  assert.deepEqual(moved({ scale: 3, x: 5, y: -5 }), { scale: 3, x: 1, y: -1 });
});

test("what is under the pointer stays there while it is looked into closer", () => {
  const random = randomFrom(6);
  for (let turn = 0; turn < 100; turn += 1) {
    const [x, y] = [random(100) / 100 - 0.5, random(100) / 100 - 0.5];
    const before = moved({ scale: 1 + random(300) / 100, x: random(100) / 100 - 0.5, y: random(100) / 100 - 0.5 });
    const after = zoomed(before, before.scale * 1.25, x, y);
    /** @param {ZoomState} state */
    const seen = (state) => [(x - state.x) / state.scale, (y - state.y) / state.scale];
    near(seen(after), seen(before), "under the pointer:");
  }
});

test("closeness has bounds, and the whole picture is where it began", () => {
  assert.equal(zoomed(WHOLE, 100, 0, 0).scale, 8);
  assert.deepEqual(zoomed(zoomed(WHOLE, 4, 0.2, 0.2), 0.1, 0.5, 0.5), WHOLE);
});

test("the key goes through its scales and back", () => {
  /** @type {number[]} */
  const scales = [];
  for (let state = WHOLE, turn = 0; turn < 4; turn += 1) {
    scales.push(state.scale);
    state = nextZoom(state);
  }
  assert.deepEqual(scales, [1, 2, 4, 1]);
});
