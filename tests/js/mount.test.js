import assert from "node:assert/strict";
import { test } from "node:test";

import { Echoes } from "../../dashboard/shared/browser/mount.js";

test("what was told comes back once, and what was told before it no more", () => {
  const told = new Echoes();
  for (const row of [3, 5, 7]) told.add(row);
  assert.equal(told.take(1), false, "nobody told of it");
  assert.equal(told.take(5), true);
  assert.equal(told.take(3), false, "it was overtaken: whoever says it now means it");
  assert.equal(told.take(7), true);
  assert.equal(told.take(7), false);
});
