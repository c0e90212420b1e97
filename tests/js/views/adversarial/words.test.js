// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { changeWords, positionWords, probabilityWords, savedWords, scoreWords } from "../../../../dashboard/views/adversarial/words.js";

test("a probability is never rounded to certainty", () => {
  assert.deepEqual([0.999, 0.5, 0.001].map(probabilityWords), ["predicted, > 99 %", "predicted, 50 %", "predicted, < 1 %"]);
});

test("a position says how many there are, and how many more", () => {
  assert.equal(positionWords(0, 12, 12), "1 of 12");
  assert.equal(positionWords(1999, 2000, 5000), "2,000 of 2,000 (the first of 5,000)");
});

test("a score that is not known is not spoken of", () => {
  assert.equal(scoreWords({ cleanScore: null, attackedScore: 0.5 }, "Energy"), "");
  assert.match(scoreWords({ cleanScore: 0.1, attackedScore: 0.95 }, "Energy"), /^Energy: the attacked picture scores above 95 % .* 10 %\.$/);
});

test("what a picture loses when it is saved is said", () => {
  assert.equal(savedWords({ staysChanged: true }), "");
  assert.match(savedWords({ staysChanged: false }), /8 bits/);
  assert.equal(changeWords({ length: 1.234, largest: 0.1 }), "L2 length 1.23, largest 0.100 of 1");
});
