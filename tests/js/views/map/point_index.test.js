// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { PointIndex } from "../../../../dashboard/views/map/point_index.js";
import { randomFrom } from "../../fake_browser.js";

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
