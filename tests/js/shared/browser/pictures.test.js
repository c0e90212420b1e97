// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { isPixelArt } from "../../../../dashboard/shared/browser/pictures.js";

test("pixels are shown one by one where there are few", () => {
  assert.equal(isPixelArt({ width: 28, height: 28 }), true);
  assert.equal(isPixelArt({ width: 28, height: 64 }), false);
});
