// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { boxBetween, extendLasso, hasArea } from "../../../../dashboard/views/map/outline.js";

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
