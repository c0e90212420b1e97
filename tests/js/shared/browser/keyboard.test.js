// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { hasModifier, keyOf, nextPlace } from "../../../../dashboard/shared/browser/keyboard.js";

test("letters are the same with and without shift, names of keys stay", () => {
  assert.deepEqual(["K", "k", "ArrowLeft", "?", " "].map((key) => keyOf({ key })), ["k", "k", "ArrowLeft", "?", " "]);
});

test("keys with a modifier belong to the browser", () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false };
  assert.equal(hasModifier(none), false);
  for (const name of Object.keys(none)) assert.equal(hasModifier({ ...none, [name]: true }), true);
});

test("in a row arrows stop at its ends", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "Home", "End", "k"].map((key) => nextPlace(key, 0, 3)), [0, 1, 0, 2, null]);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "Home", "End"].map((key) => nextPlace(key, 2, 3)), [1, 2, 0, 2]);
});
