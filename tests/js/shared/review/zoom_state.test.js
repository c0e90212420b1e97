// @ts-check
/** @import { ZoomState } from "../../../../dashboard/shared/review/zoom_state.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { moved, nextZoom, WHOLE, zoomed } from "../../../../dashboard/shared/review/zoom_state.js";
import { assertNear } from "../../assertions.js";
import { randomFrom } from "../../fake_browser.js";

test("a picture is never moved beyond its edge", () => {
  const whole = moved({ scale: 1, x: 0.3, y: -0.3 });
  assertNear([whole.scale, whole.x, whole.y], [1, 0, 0]);
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
    assertNear(seen(after), seen(before), "under the pointer:");
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
