// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { grayFor, luminanceOf, opacityFor } from "../../../../dashboard/views/map/colors.js";

test("a dark page is one whose ink is light", () => {
  assert.ok(luminanceOf("rgb(236, 238, 240)") > 0.9);
  assert.ok(luminanceOf("rgb(28, 32, 36)") < 0.2);
  assert.ok(grayFor("rgb(255, 255, 255)", false)[0] < grayFor("rgb(0, 0, 0)", false)[0]);
  assert.ok(grayFor("rgb(0, 0, 0)", true)[3] < grayFor("rgb(0, 0, 0)", false)[3], "with a mask, what stands back stands further back");
});

test("the more points there are the more each lets through", () => {
  const found = [1, 1_000, 100_000, 1_000_000].map(opacityFor);
  assert.deepEqual(found, [...found].sort((a, b) => b - a));
  assert.ok(found.every((one) => one >= 0.45 && one <= 0.9));
});
