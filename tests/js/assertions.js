// @ts-check
/* What a test expects, where node:assert has no word for it. */

import assert from "node:assert/strict";

/**
 * What has to be there for the test to go on.
 * @template Value
 * @param {Value | null | undefined} value
 * @returns {Value}
 */
export function present(value) {
  if (value === null || value === undefined) assert.fail("there is nothing here");
  return value;
}

/**
 * Numbers that are the same but for rounding.
 * @param {readonly number[]} found
 * @param {readonly number[]} wanted
 * @param {string} [what]
 */
export function assertNear(found, wanted, what = "") {
  found.forEach((value, axis) => assert.ok(Math.abs(value - wanted[axis]) < 1e-6, `${what} ${found} is not ${wanted}`));
}
