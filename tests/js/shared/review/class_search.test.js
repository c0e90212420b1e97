// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { offersFor } from "../../../../dashboard/shared/review/class_search.js";

test("typed letters find classes by any part of their name, those first that begin with them", () => {
  const classes = ["aeroplane", "car", "cat", "oscar"].map((name) => ({ name, color: "", key: "" }));
  /** @param {string} typed */
  const names = (typed) => offersFor(typed, classes).map((one) => one.entry.name);
  assert.deepEqual(names("ca"), ["car", "cat", "oscar"]);
  assert.deepEqual(names(" CAR "), ["car", "oscar"]);
  assert.deepEqual(names(""), ["aeroplane", "car", "cat", "oscar"]);
  assert.deepEqual(names("zebra"), []);
  assert.deepEqual(offersFor("os", classes)[0].label, 3);
});
