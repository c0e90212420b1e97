// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Echoes } from "../../../../dashboard/shared/browser/mount.js";

test("what was sent comes back once, and what was sent before it no more", () => {
  /** @type {Echoes<number>} */
  const sent = new Echoes();
  for (const row of [3, 5, 7]) sent.add(row);
  assert.equal(sent.take(1), false, "it was not sent");
  assert.equal(sent.take(5), true);
  assert.equal(sent.take(3), false, "it was overtaken: whoever says it now means it");
  assert.equal(sent.take(7), true);
  assert.equal(sent.take(7), false);
});
