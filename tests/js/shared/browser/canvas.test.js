// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOf, colorOf, pixelAt } from "../../../../dashboard/shared/browser/canvas.js";

test("a color is read from its six digits", () => {
  assert.deepEqual(colorOf("#0b62b8"), [11, 98, 184]);
});

test("gray values are all three colors, and three are three", () => {
  assert.deepEqual(pixelAt([1, 2, 3, 4, 5, 6], 1, 1), [2, 2, 2]);
  assert.deepEqual(pixelAt([1, 2, 3, 4, 5, 6], 3, 3), [4, 5, 6]);
});

test("bytes come back from base64", () => {
  assert.deepEqual([...bytesOf(btoa(String.fromCharCode(0, 127, 255)))], [0, 127, 255]);
});
