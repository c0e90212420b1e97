// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { signedColor } from "../../../../dashboard/views/counterfactuals/paint.js";

test("signed values are white at zero and full at either end", () => {
  assert.deepEqual(signedColor(0), [242, 242, 242]);
  assert.deepEqual(signedColor(1), [213, 94, 0]);
  assert.deepEqual(signedColor(-1), [11, 95, 165]);
});
