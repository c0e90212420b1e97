// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { lengthOf, sideOf, sidesIn, strengthOf } from "../../../../dashboard/shared/browser/marked_text.js";

test("a mark is heavier the more a word counts, in either direction", () => {
  assert.deepEqual([0, 0.1, -0.34, 0.35, -0.69, 0.7, -1].map(strengthOf), [0, 1, 1, 2, 2, 3, 3]);
});

test("the sign says for which class a word is evidence", () => {
  assert.equal(sideOf(0.2), "for");
  assert.equal(sideOf(-0.2), "against");
});

test("only marks that occur are explained", () => {
  assert.deepEqual(sidesIn([["a ", 0], ["prize", -0.4]]), { for: false, against: true });
  assert.deepEqual(sidesIn([["a ", 0.1], ["prize", -0.4]]), { for: true, against: true });
  assert.deepEqual(sidesIn([["nothing", 0]]), { for: false, against: false });
  assert.deepEqual(sidesIn([]), { for: false, against: false });
});

test("characters are counted as they are read", () => {
  assert.equal(lengthOf([["win ", 0], ["🏆🏆", 1], ["東京", 0]]), 8);
  assert.equal(lengthOf([]), 0);
});
