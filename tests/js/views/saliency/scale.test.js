// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { extentOf, placeIn } from "../../../../dashboard/views/saliency/scale.js";

test("an axis holds zero and one, or as much as there is", () => {
  assert.deepEqual(extentOf([0.2, null, -0.4], false), { low: -0.4, high: 1 });
  assert.deepEqual(extentOf([3.5, null], true), { low: 0, high: 3.5 });
  assert.deepEqual(extentOf([], true), { low: 0, high: 1 });
});

test("numbers lie between the ends of their axis, in either direction", () => {
  assert.equal(placeIn(0.25, { low: 0, high: 1 }, 0, 200), 50);
  assert.equal(placeIn(0.25, { low: 0, high: 1 }, 200, 0), 150);
});
